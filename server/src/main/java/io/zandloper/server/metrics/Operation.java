package io.zandloper.server.metrics;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a request asked for, by the port it came in at. A frame or call counts once, however many profiles, lines or
 * placements it holds; the profiles of batches are counted beside it.
 */
public enum Operation {
    BINARY_HELLO(Port.BINARY, "hello"),
    BINARY_PING(Port.BINARY, "ping"),
    BINARY_PROFILE(Port.BINARY, "profile"),
    BINARY_PROFILE_BATCH(Port.BINARY, "profile_batch"),
    BINARY_SEGMENT_TEST(Port.BINARY, "segment_test"),
    BINARY_SEGMENT_TEST_BATCH(Port.BINARY, "segment_test_batch"),
    BINARY_SEGMENT_LIST(Port.BINARY, "segment_list"),
    BINARY_SEGMENT_LIST_BATCH(Port.BINARY, "segment_list_batch"),
    BINARY_DECIDE(Port.BINARY, "decide"),
    BINARY_DECIDE_BATCH(Port.BINARY, "decide_batch"),
    BINARY_UPSERT(Port.BINARY, "upsert"),
    BINARY_EVENT(Port.BINARY, "event"),
    BINARY_ERASE(Port.BINARY, "erase"),

    HTTP_PROFILE_GET(Port.HTTP, "profile"),
    HTTP_PROFILE_PUT(Port.HTTP, "profile_put"),
    HTTP_PROFILE_PATCH(Port.HTTP, "profile_patch"),
    HTTP_PROFILE_DELETE(Port.HTTP, "profile_delete"),
    HTTP_EXPORT(Port.HTTP, "export"),
    HTTP_LINK(Port.HTTP, "link"),
    HTTP_SEGMENT_TEST(Port.HTTP, "segment_test"),
    HTTP_SEGMENT_LIST(Port.HTTP, "segment_list"),
    HTTP_DECIDE(Port.HTTP, "decide"),
    HTTP_EVENTS(Port.HTTP, "events"),
    HTTP_BULK(Port.HTTP, "bulk"),
    HTTP_AUDIENCE_COUNT(Port.HTTP, "audience_count"),
    HTTP_AUDIENCE_MEMBERS(Port.HTTP, "audience_members"),
    HTTP_SEGMENT_MEMBERS(Port.HTTP, "segment_members"),
    HTTP_REPORT_OFFERS(Port.HTTP, "report_offers"),
    HTTP_CATALOG_GET(Port.HTTP, "catalog"),
    HTTP_CATALOG_PUT(Port.HTTP, "catalog_put"),
    HTTP_CATALOG_VALIDATE(Port.HTTP, "catalog_validate"),
    HTTP_SIMULATE(Port.HTTP, "simulate"),
    /** Anything else, unknown paths included, so that strangers cannot add labels. */
    HTTP_OTHER(Port.HTTP, "other");

    /** Those that ask for many profiles at once. */
    public static final Set<Operation> BATCHES = Collections.unmodifiableSet(EnumSet.of(
            BINARY_PROFILE_BATCH, BINARY_SEGMENT_TEST_BATCH, BINARY_SEGMENT_LIST_BATCH, BINARY_DECIDE_BATCH));

    private final Port port;
    private final String label;

    Operation(Port port, String label) {
        this.port = port;
        this.label = label;
    }

    public Port port() {
        return port;
    }

    /** As shown in metrics and JSON; unique within a port. */
    public String label() {
        return label;
    }
}
