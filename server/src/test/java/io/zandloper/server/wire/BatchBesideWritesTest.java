package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.RequestEncoder;
import io.zandloper.protocol.schema.DecideBatchResponse;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.ProfileBatchResponse;
import io.zandloper.protocol.schema.ProfileResponse;
import io.zandloper.protocol.schema.SegmentListBatchResponse;
import io.zandloper.protocol.schema.SegmentTestBatchResponse;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.profile.Identity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Batches while their profiles are written, erased and created again, and the catalog is replaced. Two segments and an
 * attribute are only ever changed together, so nobody may see one without the others.
 */
@Timeout(120)
final class BatchBesideWritesTest {
    private static final long SEED = Long.getLong("zandloper.batch.seed", 20261122);
    private static final int PERSONS = 150;
    private static final int WRITES = 4_000;
    private static final int WRITES_PER_CATALOG = 400;
    private static final String OFFERS = """
            "offers":[{"id":"oa","eligibility":"'a' in segments"},{"id":"ob","eligibility":"'b' in segments"},
                      {"id":"or","eligibility":"'rule' in segments"}],
            "placements":[{"id":"p","count":3}]}
            """;
    /** The same segments under other bits. */
    private static final List<String> CATALOGS = List.of(
            "{\"segments\":[{\"id\":\"a\"},{\"id\":\"rule\",\"rule\":\"profile.inside\"},{\"id\":\"b\"}]," + OFFERS,
            "{\"segments\":[{\"id\":\"z\"},{\"id\":\"b\"},{\"id\":\"a\"},{\"id\":\"y\"},{\"id\":\"rule\",\"rule\":\"profile.inside\"}],"
                    + OFFERS);

    @TempDir
    private Path folder;

    private final RequestEncoder encoder = new RequestEncoder();
    private final List<String> profiles =
            IntStream.range(0, PERSONS).mapToObj(i -> "crm:" + i).toList();
    private EmbeddedPort port;

    @BeforeEach
    void start() {
        System.out.println("BatchBesideWritesTest: zandloper.batch.seed=" + SEED);
        port = new EmbeddedPort(folder);
        port.replaceCatalog(CATALOGS.get(0));
        // Instead of what was there before.
        port.put("{\"id\":\"crm:1\",\"attributes\":{\"inside\":false}}");
    }

    @AfterEach
    void stop() {
        port.close();
    }

    @Test
    void everyEntryIsOfOneState() {
        final CompletableFuture<Void> writing = CompletableFuture.runAsync(this::write);
        int known = 0;
        do {
            known += assertProfiles() + assertTests() + assertLists() + assertDecisions();
        } while (!writing.isDone());
        writing.join();
        assertThat(known).isPositive();
    }

    private void write() {
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < WRITES; i++) {
            final int person = random.nextInt(PERSONS);
            if (i % WRITES_PER_CATALOG == WRITES_PER_CATALOG - 1) {
                port.replaceCatalog(CATALOGS.get(i / WRITES_PER_CATALOG % CATALOGS.size()));
            } else if (random.nextInt(4) == 0) {
                RunningBinaryServer.apply(
                        port.storage(), new EraseProfile(new Identity("crm", Integer.toString(person)), null));
            } else if (random.nextBoolean()) {
                port.put("{\"id\":\"crm:" + person + "\",\"attributes\":{\"inside\":true},\"segments\":[\"a\",\"b\"]}");
            } else {
                port.put("{\"id\":\"crm:" + person + "\",\"attributes\":{\"inside\":false}}");
            }
        }
    }

    private int assertProfiles() {
        final ProfileBatchResponse batch = ProfileBatchResponse.getRootAsProfileBatchResponse(
                answered(MessageType.PROFILE_BATCH, encoder.profileBatch(profiles)));
        int known = 0;
        for (int i = 0; i < PERSONS; i++) {
            if (isKnown(batch.statuses(i))) {
                known++;
                final ProfileResponse profile = batch.profiles(i);
                assertThat(profile.identities(0)).isEqualTo(profiles.get(i));
                final boolean in = profile.attributesAsAttributes().entries(0).integerValue() != 0;
                assertThat(profile.segmentsLength())
                        .as("%s", BatchTest.text(profile))
                        .isEqualTo(in ? 2 : 0);
                assertThat(profile.computedLength())
                        .as("%s", BatchTest.text(profile))
                        .isEqualTo(in ? 1 : 0);
            }
        }
        return known;
    }

    private int assertTests() {
        final SegmentTestBatchResponse batch = SegmentTestBatchResponse.getRootAsSegmentTestBatchResponse(answered(
                MessageType.SEGMENT_TEST_BATCH, encoder.segmentTestBatch(profiles, List.of("a", "rule", "b"))));
        int known = 0;
        for (int i = 0; i < PERSONS; i++) {
            final boolean in = batch.members(3 * i);
            assertThat(batch.members(3 * i + 1)).isEqualTo(in);
            assertThat(batch.members(3 * i + 2)).isEqualTo(in);
            known += isKnown(batch.statuses(i)) ? 1 : 0;
        }
        return known;
    }

    private int assertLists() {
        final SegmentListBatchResponse batch = SegmentListBatchResponse.getRootAsSegmentListBatchResponse(
                answered(MessageType.SEGMENT_LIST_BATCH, encoder.segmentListBatch(profiles)));
        int known = 0;
        for (int i = 0; i < PERSONS; i++) {
            assertThat(batch.lists(i).segmentsLength()).isIn(0, 3);
            known += isKnown(batch.statuses(i)) ? 1 : 0;
        }
        return known;
    }

    private int assertDecisions() {
        final DecideBatchResponse batch = DecideBatchResponse.getRootAsDecideBatchResponse(answered(
                MessageType.DECIDE_BATCH,
                encoder.decideBatch(profiles, DecisionQuery.forAnonymous().placement("p"))));
        for (int i = 0; i < PERSONS; i++) {
            final DecideResponse decision = batch.decisions(i);
            assertThat(batch.statuses(i)).isEqualTo(Status.OK.number());
            assertThat(decision.placements(0).offersLength()).isIn(0, 3);
            assertThat(decision.catalogVersion()).isEqualTo(batch.decisions(0).catalogVersion());
            assertThat(decision.sequence()).isEqualTo(batch.decisions(0).sequence());
        }
        return 0;
    }

    private static boolean isKnown(int status) {
        assertThat(status).isIn(Status.OK.number(), Status.PROFILE_UNKNOWN.number());
        return status == Status.OK.number();
    }

    private ByteBuffer answered(MessageType type, ByteBuffer body) {
        final EmbeddedPort.Answer answer =
                port.exchange(RawClient.frame(type, 1, body), 1).get(0);
        assertThat(answer.status()).isSameAs(Status.OK);
        return ByteBuffer.wrap(answer.body()).order(ByteOrder.LITTLE_ENDIAN);
    }
}
