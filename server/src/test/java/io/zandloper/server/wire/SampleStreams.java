package io.zandloper.server.wire;

import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.client.Consent;
import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.Membership;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ProfileDocument;
import io.zandloper.protocol.client.ProfileEvent;
import io.zandloper.protocol.client.RequestEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Valid requests, one or more of each type with every field that it has: what fuzzing starts from. */
final class SampleStreams {
    private SampleStreams() {}

    /** A request. */
    record Sample(MessageType type, byte[] body) {
        byte[] frame(long correlationId) {
            return RawClient.frame(type, correlationId, ByteBuffer.wrap(body));
        }
    }

    static List<Sample> requests() {
        final RequestEncoder encoder = new RequestEncoder();
        final List<Sample> samples = new ArrayList<>();
        add(samples, MessageType.HELLO, encoder.hello("fuzz/1", "secret"));
        add(samples, MessageType.PING, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        add(samples, MessageType.PROFILE, encoder.profile("crm:1"));
        add(samples, MessageType.SEGMENT_TEST, encoder.segmentTest("crm:1", List.of("a", "b", "c", "d")));
        add(samples, MessageType.SEGMENT_LIST, encoder.segmentList("crm:1"));
        add(
                samples,
                MessageType.DECIDE,
                encoder.decide(DecisionQuery.forProfile("crm:1")
                        .placement("p")
                        .context("channel", "web")
                        .excluding("q")
                        .at(RunningBinaryServer.START_MICROS)));
        add(
                samples,
                MessageType.DECIDE,
                encoder.decide(DecisionQuery.forDocument(new ProfileDocument(
                                "crm:7",
                                List.of("crm:7", "cookie:7"),
                                Map.of("x", 3L, "d", 1.5, "s", "text", "l", List.of("u", "v"), "f", true),
                                List.of(Membership.of("a")),
                                Map.of("o", 0.5),
                                new Consent(Consent.mask(1, 4), null, null)))
                        .placement("p", 1)
                        .context("n", 1L)));
        add(samples, MessageType.PROFILE_BATCH, encoder.profileBatch(List.of("crm:1", "crm:404", "no identity")));
        add(
                samples,
                MessageType.SEGMENT_TEST_BATCH,
                encoder.segmentTestBatch(List.of("crm:1", "crm:404", "CRM:1"), List.of("a", "b", "c", "d")));
        add(samples, MessageType.SEGMENT_LIST_BATCH, encoder.segmentListBatch(List.of("crm:1", "crm:404")));
        add(
                samples,
                MessageType.DECIDE_BATCH,
                encoder.decideBatch(
                        List.of("crm:1", "crm:404"),
                        DecisionQuery.forAnonymous()
                                .placement("p")
                                .context("channel", "web")
                                .excluding("q")));
        add(
                samples,
                MessageType.UPSERT,
                encoder.upsert(ProfileChange.merge("crm:2")
                        .addIdentity("cookie:2")
                        .attribute("x", 1L)
                        .attribute("l", List.of("u", "v"))
                        .removeAttribute("gone")
                        .addSegment("a", RunningBinaryServer.START_MICROS + 5)
                        .removeSegment("b")
                        .score("o", 0.031)
                        .consentToPurposes(Consent.mask(4))));
        add(samples, MessageType.EVENT, encoder.event(ProfileEvent.of("crm:1", "convert")));
        add(samples, MessageType.ERASE, encoder.erase("crm:404", List.of()));
        return samples;
    }

    /** All of them, one after the other. */
    static byte[] stream() {
        final ByteArrayOutputStream stream = new ByteArrayOutputStream();
        long correlationId = 1;
        for (final Sample sample : requests()) {
            stream.writeBytes(sample.frame(correlationId++));
        }
        return stream.toByteArray();
    }

    private static void add(List<Sample> samples, MessageType type, ByteBuffer body) {
        final byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        samples.add(new Sample(type, bytes));
    }
}
