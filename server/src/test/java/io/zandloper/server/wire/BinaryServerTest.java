package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.BlockingClient;
import io.zandloper.protocol.client.Consent;
import io.zandloper.protocol.client.Decision;
import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.Membership;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ProfileDocument;
import io.zandloper.protocol.client.RequestRejectedException;
import io.zandloper.protocol.client.SegmentList;
import io.zandloper.protocol.client.SegmentTest;
import io.zandloper.protocol.client.StoredProfile;
import io.zandloper.protocol.client.UpsertResult;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.SharedData;
import io.zandloper.server.metrics.Operation;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.metrics.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class BinaryServerTest {
    private static final String CATALOG = """
            {"segments":[{"id":"high-value","purposes":[4]},{"id":"cart"},{"id":"senior","rule":"profile.age >= 60"}],
             "offers":[
               {"id":"loan","group":"credit","purposes":[4],"eligibility":"'high-value' in segments",
                "propensity":0.02,"value":120.0,"payload":{"any":"json"}},
               {"id":"card","group":"credit","applicability":"context.channel == 'web'","propensity":0.5,"value":10.0},
               {"id":"newsletter","enabled":true,"placements":["footer"]}],
             "placements":[{"id":"hero","count":2},{"id":"footer","fallback":["newsletter"]}],
             "policies":{"consentDefault":"deny"}}
            """;

    @TempDir
    private Path folder;

    private RunningBinaryServer server;
    private ZandloperClient client;
    private BlockingClient blocking;

    @BeforeEach
    void start() {
        server = new RunningBinaryServer(folder);
        server.replaceCatalog(CATALOG);
        client = server.connect();
        blocking = client.blocking();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void helloAndPingTellTheSequence() {
        assertThat(client.server().server()).isEqualTo("zandloper/test");
        assertThat(client.server().replica()).isFalse();
        assertThat(client.server().catalogVersion()).isEqualTo(1);
        assertThat(client.server().sequence()).isEqualTo(1);
        final UpsertResult written =
                blocking.upsert(ProfileChange.merge("crm:1").attribute("a", 1L));
        assertThat(blocking.ping()).isEqualTo(written.sequence());
    }

    @Test
    void aProfileIsReadBackAsItWasWritten() {
        final Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("beyond53", (1L << 53) + 1);
        attributes.put("double", 1.0);
        attributes.put("emoji \ud83d\ude80", "\ud83d\ude80");
        attributes.put("empty", "");
        attributes.put("list", List.of("running", "", "travel"));
        attributes.put("min", Long.MIN_VALUE);
        attributes.put("minusZero", -0.0);
        attributes.put("none", List.of());
        attributes.put("vip", true);
        final ProfileChange change = ProfileChange.replace("CRM:10042")
                .addIdentity("cookie:9f2ab")
                .addIdentity("email_sha256:" + "AB".repeat(32))
                .addSegment("high-value")
                .addSegment("cart", RunningBinaryServer.START_MICROS + 5)
                .score("loan", 0.031)
                .score("gone", 3L)
                .consentToPurposes(Consent.mask(1, 3, 4));
        attributes.forEach(change::attribute);
        change.attribute("age", 61L);
        attributes.put("age", 61L);

        final UpsertResult written = blocking.upsert(change);

        assertThat(written.outcome()).isEqualTo(UpsertResult.Outcome.CREATED);
        assertThat(written.profile()).isEqualTo("crm:10042");
        for (final String identity : List.of("crm:10042", "cookie:9f2ab", "EMAIL_sha256:" + "ab".repeat(32))) {
            final StoredProfile profile = blocking.profile(identity).orElseThrow();
            assertThat(profile)
                    .isEqualTo(new StoredProfile(
                            List.of("crm:10042", "cookie:9f2ab", "email_sha256:" + "ab".repeat(32)),
                            attributes,
                            List.of(
                                    Membership.of("high-value"),
                                    new Membership("cart", RunningBinaryServer.START_MICROS + 5)),
                            List.of("senior"),
                            Map.of("loan", 0.031, "gone", 3L),
                            new Consent(Consent.mask(1, 3, 4), null, null),
                            written.version(),
                            RunningBinaryServer.START_MICROS,
                            written.sequence()));
        }
        assertThat(blocking.profile("crm:2")).isEmpty();
    }

    @Test
    void everyNaughtyStringComesBackAsItWasWritten() throws IOException {
        final List<String> strings = new ArrayList<>();
        new ObjectMapper()
                .readTree(Files.readString(SharedData.require("naughty-strings/blns.json")))
                .forEach(text -> strings.add(text.textValue()));
        assertThat(strings).hasSizeGreaterThan(500);
        for (final String text : strings) {
            blocking.upsert(
                    ProfileChange.replace("naughty:1").attribute("value", text).attribute("list", List.of(text)));
            assertThat(blocking.profile("naughty:1").orElseThrow().attributes())
                    .isEqualTo(Map.of("value", text, "list", List.of(text)));
        }
    }

    @Test
    void segmentsAreTheVisibleOnes() {
        final ProfileChange change = ProfileChange.merge("crm:1")
                .attribute("age", 60L)
                .addSegment("high-value")
                .addSegment("cart", RunningBinaryServer.START_MICROS + 10);
        blocking.upsert(change);
        final List<String> asked = List.of("senior", "cart", "unknown", "high-value", "cart");

        // Purpose 4 is not granted.
        assertSegments(asked, List.of("cart", "senior"), true, true, false, false, true);
        blocking.upsert(ProfileChange.merge("crm:1").consentToPurposes(Consent.mask(4)));
        assertSegments(asked, List.of("high-value", "cart", "senior"), true, true, false, true, true);
        server.setTime(RunningBinaryServer.START_MICROS + 9);
        assertSegments(asked, List.of("high-value", "cart", "senior"), true, true, false, true, true);
        server.setTime(RunningBinaryServer.START_MICROS + 10);
        assertSegments(asked, List.of("high-value", "senior"), true, false, false, true, false);
        blocking.upsert(ProfileChange.merge("crm:1").removeAttribute("age").removeSegment("high-value"));
        assertSegments(asked, List.of(), false, false, false, false, false);
    }

    private void assertSegments(List<String> asked, List<String> all, boolean... members) {
        final SegmentTest test = blocking.testSegments("crm:1", asked);
        for (int i = 0; i < members.length; i++) {
            assertThat(test.isMember(i)).as(asked.get(i)).isEqualTo(members[i]);
        }
        final SegmentList list = blocking.segments("crm:1");
        assertThat(list.known()).isTrue();
        assertThat(list.segments()).containsExactlyElementsOf(all);
    }

    @Test
    void nobodyIsInNoSegment() {
        assertThat(blocking.testSegments("crm:404", List.of("senior")).isKnown())
                .isFalse();
        assertThat(blocking.segments("crm:404").known()).isFalse();
        assertThat(server.metrics().refused(Port.BINARY, Refusal.NOT_FOUND)).isEqualTo(2);
    }

    @Test
    void aTestOfNothingIsAnswered() {
        blocking.upsert(ProfileChange.merge("crm:1").attribute("age", 60L));
        assertThat(blocking.testSegments("crm:1", List.of()).isKnown()).isTrue();
    }

    @Test
    void aDecisionCarriesEverything() {
        blocking.upsert(ProfileChange.merge("crm:1")
                .addSegment("high-value")
                .score("loan", 0.031)
                .consentToPurposes(Consent.mask(4)));

        final Decision decision = blocking.decide(DecisionQuery.forProfile("crm:1")
                .placement("hero")
                .placement("footer", 1)
                .context("channel", "shop")
                .explained());

        assertThat(decision.profile()).isEqualTo("crm:1");
        assertThat(decision.reason()).isEqualTo(Decision.Reason.TARGETING_MATCH);
        assertThat(decision.catalogVersion()).isEqualTo(1);
        assertThat(decision.sequence()).isEqualTo(2);
        assertThat(decision.tookNanos()).isPositive();
        assertThat(decision.decisionId()).isNotEmpty();
        assertThat(decision.placements())
                .containsExactly(
                        new Decision.Placement(
                                "hero",
                                List.of(new Decision.Offer(
                                        "loan",
                                        1,
                                        0.031 * 120.0,
                                        0.031,
                                        120.0,
                                        1.0,
                                        1.0,
                                        false,
                                        "{\"any\":\"json\"}"))),
                        new Decision.Placement(
                                "footer",
                                List.of(new Decision.Offer("newsletter", 1, 1.0, 1.0, 1.0, 1.0, 1.0, false, null))));
        final Decision.Explanation hero = decision.explain().get(0);
        assertThat(hero.placement()).isEqualTo("hero");
        assertThat(hero.offers())
                .extracting(Decision.OfferExplanation::id)
                .containsExactly("card", "loan", "newsletter");
        assertThat(hero.offers())
                .extracting(Decision.OfferExplanation::status)
                .containsExactly(
                        Decision.OfferStatus.REJECTED, Decision.OfferStatus.RETURNED, Decision.OfferStatus.REJECTED);
        assertThat(hero.offers().get(0).reasons())
                .extracting(Decision.OfferReason::code)
                .containsExactly(Decision.ReasonCode.APPLICABILITY);
        assertThat(hero.offers().get(0).priority()).isNaN();
        assertThat(hero.offers().get(2).reasons())
                .extracting(Decision.OfferReason::code)
                .containsExactly(Decision.ReasonCode.PLACEMENT);
    }

    @Test
    void strangersAndDocumentsAreDecidedForToo() {
        final Decision anonymous =
                blocking.decide(DecisionQuery.forAnonymous().placement("hero").context("channel", "web"));
        assertThat(anonymous.profile()).isNull();
        assertThat(anonymous.reason()).isEqualTo(Decision.Reason.TARGETING_MATCH);
        assertThat(anonymous.explain()).isEmpty();
        assertThat(ids(anonymous)).containsExactly("card");

        assertThat(blocking.decide(DecisionQuery.forProfile("crm:404").placement("hero"))
                        .reason())
                .isEqualTo(Decision.Reason.UNKNOWN_PROFILE);

        final ProfileDocument document = new ProfileDocument(
                "crm:what-if",
                List.of("cookie:x"),
                Map.of("age", 41L),
                List.of(Membership.of("high-value")),
                Map.of("card", 1L),
                new Consent(Consent.mask(4), null, null));
        final Decision whatIf = blocking.decide(DecisionQuery.forDocument(document)
                .placement("hero")
                .context("channel", "web")
                .excluding("nobody-knows"));
        assertThat(whatIf.profile()).isEqualTo("crm:what-if");
        assertThat(ids(whatIf)).containsExactly("card", "loan");
        assertThat(ids(blocking.decide(DecisionQuery.forDocument(document)
                        .placement("hero")
                        .context("channel", "web")
                        .excluding("card"))))
                .containsExactly("loan");
    }

    private static List<String> ids(Decision decision) {
        return decision.placements().stream()
                .flatMap(placement -> placement.offers().stream())
                .map(Decision.Offer::id)
                .toList();
    }

    @Test
    void aDecisionAsOfATimeSeesWhatHeldThen() {
        blocking.upsert(ProfileChange.merge("crm:1")
                .addSegment("high-value", RunningBinaryServer.START_MICROS + 10)
                .consentToPurposes(Consent.mask(4)));
        final DecisionQuery query = DecisionQuery.forProfile("crm:1").placement("hero");
        assertThat(ids(blocking.decide(query))).containsExactly("loan");
        assertThat(ids(blocking.decide(query.at(RunningBinaryServer.START_MICROS + 10))))
                .isEmpty();
        server.setTime(RunningBinaryServer.START_MICROS + 10);
        assertThat(ids(blocking.decide(query))).isEmpty();
        assertThat(ids(blocking.decide(query.at(RunningBinaryServer.START_MICROS + 9))))
                .containsExactly("loan");
    }

    @Test
    void mistakesAreNamed() {
        assertRejected(() -> blocking.profile("no colon"), Status.INPUT_INVALID, "profile");
        assertRejected(() -> blocking.testSegments("crm:", List.of()), Status.INPUT_INVALID, "profile");
        assertRejected(() -> blocking.segments("x_sha256:abc"), Status.INPUT_INVALID, "profile");
        assertRejected(() -> blocking.decide(DecisionQuery.forAnonymous()), Status.INPUT_INVALID, "placements");
        assertRejected(
                () -> blocking.decide(DecisionQuery.forAnonymous()
                        .placement("hero")
                        .placement("nowhere")
                        .placement("hero", 101)),
                Status.INPUT_INVALID,
                "placements[1].id",
                "placements[2].id",
                "placements[2].count");
        assertRejected(
                () -> blocking.decide(
                        DecisionQuery.forAnonymous().placement("hero").context("list", List.of("a"))),
                Status.INPUT_INVALID,
                "context.list");
        assertRejected(
                () -> blocking.decide(DecisionQuery.forDocument(new ProfileDocument(
                                null,
                                List.of("x"),
                                Map.of("long", "x".repeat(5000)),
                                List.of(Membership.of("senior")),
                                Map.of(),
                                null))
                        .placement("hero")),
                Status.INPUT_INVALID,
                "document.identities[0]",
                "document.attributes.long",
                "document.segments");
        assertRejected(
                () -> blocking.upsert(ProfileChange.merge("crm:1")
                        .attribute("x".repeat(65), 1L)
                        .consentByTcf("nonsense")
                        .score("not an id", 1.0)),
                Status.INPUT_INVALID,
                "attributes." + "x".repeat(65),
                "scores.not an id",
                "consent.tcf");
        assertRejected(
                () -> blocking.upsert(ProfileChange.merge("crm:1").addSegment("senior")),
                Status.INPUT_INVALID,
                "segments");
        assertRejected(() -> blocking.upsert(ProfileChange.mergeByIdentities()), Status.INPUT_INVALID, "profile");
        assertThat(blocking.ping()).isEqualTo(1);
        assertThat(server.metrics().refused(Port.BINARY, Refusal.INVALID)).isEqualTo(10);
    }

    @Test
    void writesHaveTheirConditions() {
        final UpsertResult first =
                blocking.upsert(ProfileChange.merge("crm:1").ifAbsent().attribute("a", 1L));
        assertRejected(() -> blocking.upsert(ProfileChange.merge("crm:1").ifAbsent()), Status.PRECONDITION_FAILED);
        assertRejected(
                () -> blocking.upsert(ProfileChange.merge("crm:2").ifExists().attribute("a", 1L)),
                Status.PRECONDITION_FAILED);
        assertRejected(
                () -> blocking.upsert(ProfileChange.merge("crm:1").ifVersion(first.version() + 1)),
                Status.PRECONDITION_FAILED);
        final UpsertResult second = blocking.upsert(ProfileChange.merge("crm:1")
                .ifVersion(7)
                .ifVersion(first.version())
                .attribute("a", 2L));
        assertThat(second.outcome()).isEqualTo(UpsertResult.Outcome.UPDATED);
        assertThat(second.version()).isEqualTo(first.version() + 1);
        final UpsertResult same = blocking.upsert(ProfileChange.merge("crm:1").attribute("a", 2L));
        assertThat(same.outcome()).isEqualTo(UpsertResult.Outcome.UNCHANGED);
        assertThat(same.version()).isEqualTo(second.version());
        blocking.upsert(ProfileChange.merge("crm:2").attribute("a", 1L));
        assertRejected(
                () -> blocking.upsert(ProfileChange.merge("crm:1").addIdentity("crm:2")), Status.IDENTITY_CONFLICT);
    }

    private static void assertRejected(ThrowingCallable call, Status status, String... paths) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RequestRejectedException.class, rejection -> {
            assertThat(rejection.status()).as(rejection.getMessage()).isSameAs(status);
            if (paths.length > 0) {
                assertThat(rejection.errors())
                        .extracting(RequestRejectedException.FieldError::path)
                        .contains(paths);
            }
        });
    }

    @Test
    void aReadWaitsForItsSequence() {
        final CompletableFuture<SegmentTest> early = client.withMinSequence(2).testSegments("crm:1", List.of("senior"));
        assertThat(blocking.ping()).isEqualTo(1);
        assertThat(early).isNotDone();
        blocking.upsert(ProfileChange.merge("crm:1").attribute("age", 70L));
        assertThat(early.join().isMember("senior")).isTrue();
        assertThat(early.join().sequence()).isEqualTo(2);

        // Without a deadline for a second.
        assertRejected(
                () -> client.withMinSequence(99)
                        .withDeadline(Duration.ZERO)
                        .blocking()
                        .ping(),
                Status.SEQUENCE_NOT_REACHED);
    }

    @Test
    void withADeadlineTheWaitIsAsLong() {
        final Duration deadline = Duration.ofNanos(2_500 * ProtocolLimits.SEQUENCE_WAIT_MICROS);
        final long startNanos = System.nanoTime();
        // By the server, or by the client where the answer comes a moment too late.
        assertThatThrownBy(() -> client.withMinSequence(99)
                        .withDeadline(deadline)
                        .blocking()
                        .ping())
                .isInstanceOf(io.zandloper.protocol.client.ZandloperException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                .as("longer than without one")
                .isGreaterThan(Duration.ofNanos(2_000 * ProtocolLimits.SEQUENCE_WAIT_MICROS));
    }

    @Test
    void manyClientsWriteAndReadTheirOwn() {
        try (ZandloperClient other = server.connect()) {
            final List<CompletableFuture<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                final String identity = "crm:" + i;
                final long age = i % 120;
                final ZandloperClient writer = i % 2 == 0 ? client : other;
                final ZandloperClient reader = i % 3 == 0 ? client : other;
                all.add(writer.upsert(ProfileChange.merge(identity).attribute("age", age))
                        .thenCompose(written ->
                                reader.withMinSequence(written.sequence()).testSegments(identity, List.of("senior")))
                        .thenApply(test -> test.isMember(0) == age >= 60));
            }
            assertThat(all).allSatisfy(call -> assertThat(call.join()).isTrue());
        }
        assertThat(server.metrics().latencies())
                .anySatisfy(latency -> {
                    assertThat(latency.operation()).isEqualTo(Operation.BINARY_SEGMENT_TEST);
                    assertThat(latency.sinceStart().count()).isEqualTo(500);
                })
                .anySatisfy(latency -> {
                    assertThat(latency.operation()).isEqualTo(Operation.BINARY_UPSERT);
                    assertThat(latency.sinceStart().count()).isEqualTo(500);
                });
    }

    @Test
    void whatWasTakenIsAnsweredBeforeTheServerStops() {
        final List<CompletableFuture<UpsertResult>> writes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            writes.add(client.upsert(ProfileChange.merge("crm:" + i).attribute("a", 1L)));
        }
        // Answered in order, so those before it have been taken.
        blocking.ping();
        server.stop();
        assertThat(writes)
                .allSatisfy(write -> assertThat(write.join().sequence()).isPositive());
        assertThatThrownBy(() ->
                        client.withDeadline(Duration.ofMillis(200)).blocking().ping())
                .isInstanceOf(io.zandloper.protocol.client.ZandloperException.class);
    }
}
