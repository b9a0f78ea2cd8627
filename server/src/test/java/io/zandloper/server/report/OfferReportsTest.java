package io.zandloper.server.report;

import static io.zandloper.server.report.DecidedWorld.NOW;
import static io.zandloper.server.report.DecidedWorld.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.Reason;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.ReasonCode;
import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.ServedDecision;
import io.zandloper.server.report.DecidedWorld.Loop;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.profile.Identity;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OfferReportsTest {
    @TempDir
    private Path folder;

    private DecidedWorld open(int reasonSharePercent) {
        return new DecidedWorld(folder, reasonSharePercent);
    }

    @Test
    void countsByOfferAndPlacement() {
        try (DecidedWorld world = open(0);
                Loop loop = world.newLoop();
                Loop another = world.newLoop()) {
            world.catalog(0, "");
            world.person("crm:1", 41);
            loop.decide("crm:1", "hero", "box");
            another.decide("crm:1", "hero");
            loop.decide("crm:unknown", "hero");
            loop.decide(request(null, false, null, "hero"), NOW);
            for (String type : List.of("impression", "impression", "click", "convert", "reject", "seen")) {
                world.event("{\"profile\":\"crm:1\",\"type\":\"%s\",\"offer\":\"card\",\"placement\":\"hero\"}"
                        .formatted(type));
            }
            world.event("{\"profile\":\"crm:1\",\"type\":\"click\",\"offer\":\"card\"}");
            world.event("{\"profile\":\"crm:1\",\"type\":\"click\",\"placement\":\"hero\"}");
            world.event("{\"profile\":\"crm:1\",\"type\":\"click\",\"offer\":\"unheard-of\",\"placement\":\"hero\"}");

            final OfferReport report = world.report();
            assertThat(report.decisions()).isEqualTo(4);
            assertThat(report.explained()).isZero();
            assertThat(report.rows())
                    .extracting(row -> row.offer() + "/" + row.placement())
                    .containsExactly("card/null", "card/hero", "loan/box", "news/hero", "unheard-of/hero");
            final OfferReport.Row card = world.row("card", "hero");
            assertThat(card.decided()).isEqualTo(2);
            assertThat(card.fallback()).isZero();
            assertThat(card.shown()).isEqualTo(2);
            assertThat(card.clicked()).isEqualTo(1);
            assertThat(card.converted()).isEqualTo(1);
            assertThat(card.rejected()).isEqualTo(1);
            assertThat(world.row("card", null).clicked()).isEqualTo(1);
            assertThat(world.row("news", "hero").decided()).isEqualTo(2);
            assertThat(world.row("news", "hero").fallback()).isEqualTo(2);
            assertThat(world.row("unheard-of", "hero").clicked()).isEqualTo(1);
            assertThat(report.other()).isNull();
            assertThat(report.holdout().treated()).isEqualTo(new HoldoutComparison.Group(1, 1));
        }
    }

    @Test
    void anEventThatIsRepeatedCountsOnce() {
        try (DecidedWorld world = open(0)) {
            world.catalog(0, "");
            for (int i = 0; i < 3; i++) {
                world.event("{\"id\":\"e1\",\"profile\":\"crm:1\",\"type\":\"click\",\"offer\":\"card\"}");
            }
            assertThat(world.row("card", null).clicked()).isEqualTo(1);
        }
    }

    @Test
    void whatIfsCountNowhereElse() {
        try (DecidedWorld world = open(100);
                Loop loop = world.newLoop()) {
            world.catalog(10, "a");
            world.person("crm:1", 41);
            loop.decide(request("crm:1", true, NOW - 1, "hero"), NOW);
            final OfferReport report = world.report();
            assertThat(report.whatIfs()).isEqualTo(1);
            assertThat(report.decisions()).isZero();
            assertThat(report.rows()).isEmpty();
            assertThat(report.holdout()).isNull();
        }
    }

    /** The one that asks is counted by its own explanation, the others by one that is made afterwards. */
    @Test
    void countsTheFirstReasonOfEveryDecisionAsLongAsThereIsTime() {
        try (DecidedWorld world = open(100);
                Loop loop = world.newLoop()) {
            world.catalog(0, "");
            world.person("crm:1", 41);
            world.person("crm:2", 12);
            loop.decide(request("crm:1", true, null, "hero"), NOW);
            loop.decide("crm:1", "hero", "box");
            loop.decide("crm:2", "hero");
            loop.decide(request(null, false, null, "hero"), NOW);

            final OfferReport report = world.report();
            assertThat(report.decisions()).isEqualTo(4);
            assertThat(report.explained()).isEqualTo(4);
            assertThat(world.row("card", "hero").explained()).isEqualTo(4);
            assertThat(world.row("card", "hero").decided()).isEqualTo(3);
            assertThat(world.row("card", "hero").reason(ReasonCode.CONSENT)).isEqualTo(1);
            assertThat(world.row("loan", "hero").reason(ReasonCode.OUTRANKED)).isEqualTo(2);
            assertThat(world.row("loan", "hero").reason(ReasonCode.ELIGIBILITY)).isEqualTo(2);
            assertThat(world.row("card", "box").reason(ReasonCode.ALREADY_PLACED))
                    .isEqualTo(1);
            assertThat(world.row("news", "hero").reason(ReasonCode.ELIGIBILITY)).isEqualTo(3);
            for (OfferReport.Row row : report.rows()) {
                long reasons = row.decided();
                for (ReasonCode code : ReasonCode.values()) {
                    reasons += row.reason(code);
                }
                assertThat(reasons).as(row.offer() + " in " + row.placement()).isEqualTo(row.explained());
            }
        }
    }

    /** The impression comes before the explanation is made, but after the decision. */
    @Test
    void explainsAsOfTheTimeOfTheDecision() {
        try (DecidedWorld world = open(100);
                Loop loop = world.newLoop()) {
            world.catalog(0, "");
            world.person("crm:1", 41);
            world.nowMicros.addAndGet(1);
            world.event("{\"profile\":\"crm:1\",\"type\":\"impression\",\"offer\":\"card\"}");
            // As a decision is that was made before it.
            loop.decide(request("crm:1", false, null, "hero"), NOW);
            loop.decide(request("crm:1", false, null, "hero"), NOW + 1);
            world.report();
            assertThat(world.row("card", "hero").reason(ReasonCode.CAPPED)).isEqualTo(1);
        }
    }

    @Test
    void comparesPeopleOfTheHoldoutWithAllOthers() {
        try (DecidedWorld world = open(0);
                Loop loop = world.newLoop()) {
            world.catalog(40, "a");
            final List<String> treated = new ArrayList<>();
            final List<String> heldOut = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                world.person("crm:" + i, 41);
                final Decision decision = loop.decide("crm:" + i, "hero");
                loop.decide("crm:" + i, "hero");
                (decision.reason() == Reason.SPLIT ? heldOut : treated).add("crm:" + i);
            }
            assertThat(heldOut).hasSizeBetween(5, 40);
            loop.decide("crm:unknown", "hero");
            convert(world, heldOut.get(0), NOW);
            convert(world, treated.get(0), NOW);
            convert(world, treated.get(0), NOW);
            convert(world, treated.get(1), NOW);
            convert(world, treated.get(2), NOW - 1); // before counting began
            world.person("crm:never-decided-for", 41);
            convert(world, "crm:never-decided-for", NOW);

            final HoldoutComparison comparison = world.report().holdout();
            assertThat(comparison.percent()).isEqualTo(40);
            assertThat(comparison.holdout()).isEqualTo(new HoldoutComparison.Group(heldOut.size(), 1));
            assertThat(comparison.treated()).isEqualTo(new HoldoutComparison.Group(treated.size(), 2));

            world.apply(new EraseProfile(identity(treated.get(0))));
            assertThat(world.report().holdout().treated())
                    .isEqualTo(new HoldoutComparison.Group(treated.size() - 1, 1));
            world.apply(new LinkProfiles(identity(treated.get(3)), identity(treated.get(1))));
            assertThat(world.report().holdout().treated())
                    .isEqualTo(new HoldoutComparison.Group(treated.size() - 2, 1));
        }
    }

    private static Identity identity(String text) {
        return Identity.parse(text, "id");
    }

    private static void convert(DecidedWorld world, String person, long atMicros) {
        world.event("{\"profile\":\"%s\",\"type\":\"convert\",\"at\":\"%s\"}"
                .formatted(person, io.zandloper.storage.profile.Times.formatTime(atMicros)));
    }

    @Test
    void anotherHoldoutIsAnotherStudyAndTheSameInANewCatalogIsNot() {
        try (DecidedWorld world = open(0);
                Loop loop = world.newLoop();
                Loop late = world.newLoop()) {
            world.catalog(0, "a");
            world.person("crm:1", 41);
            world.person("crm:2", 41);
            loop.decide("crm:1", "hero");
            world.catalog(0, "a"); // changes nothing
            world.catalog(50, "a");
            world.catalog(0, "a");
            loop.decide("crm:2", "hero");
            assertThat(world.report().holdout().treated().people()).isEqualTo(2);
            world.catalog(0, "b");
            loop.decide("crm:2", "hero");
            assertThat(world.report().holdout().treated().people()).isEqualTo(1);
            late.decide("crm:1", "hero");
            assertThat(world.report().holdout().treated().people()).isEqualTo(2);
            assertThat(world.row("card", "hero").decided()).isEqualTo(4);
        }
    }

    @Test
    void goesOnAfterARestart() {
        final long since;
        try (DecidedWorld world = open(100);
                Loop loop = world.newLoop()) {
            world.catalog(40, "a");
            for (int i = 0; i < 20; i++) {
                world.person("crm:" + i, 41);
                loop.decide("crm:" + i, "hero");
            }
            loop.decide(request("crm:1", false, NOW, "hero"), NOW);
            world.event("{\"profile\":\"crm:1\",\"type\":\"convert\",\"offer\":\"card\"}");
            since = world.report().sinceMicros();
        }
        final OfferReport before;
        try (DecidedWorld world = open(100)) {
            before = world.report();
            assertThat(before.sinceMicros()).isEqualTo(since);
            assertThat(before.decisions()).isEqualTo(20);
            assertThat(before.explained()).isEqualTo(20);
            assertThat(before.whatIfs()).isEqualTo(1);
            assertThat(before.holdout().treated().people()
                            + before.holdout().holdout().people())
                    .isEqualTo(20);
            assertThat(before.holdout().treated().converted()
                            + before.holdout().holdout().converted())
                    .isEqualTo(1);
        }
        try (DecidedWorld world = open(100);
                Loop loop = world.newLoop()) {
            world.decisions.prepare(world.storage.catalog());
            final long decided = world.row("card", "hero").decided();
            loop.decide(request(null, false, null, "hero"), NOW);
            loop.decide("crm:1", "hero");
            world.event("{\"profile\":\"crm:1\",\"type\":\"click\",\"offer\":\"card\"}");
            assertThat(world.report().decisions()).isEqualTo(22);
            assertThat(world.report().holdout()).isEqualTo(before.holdout());
            assertThat(world.row("card", null).converted()).isEqualTo(1);
            assertThat(world.row("card", null).clicked()).isEqualTo(1);
            assertThat(world.row("card", "hero").decided()).isBetween(decided, decided + 1);
        }
    }

    @Test
    void aFileThatIsDamagedIsSetAside() throws IOException {
        try (DecidedWorld world = open(0);
                Loop loop = world.newLoop()) {
            world.catalog(0, "");
            loop.decide("crm:1", "hero");
        }
        final Path file = folder.resolve("reports.counts");
        final byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        try (DecidedWorld world = open(0)) {
            assertThat(world.report().decisions()).isZero();
            assertThat(folder.resolve("reports.counts.unreadable")).hasBinaryContent(bytes);
        }
    }

    /** Several event loops, the writer and a reader at once. */
    @Test
    void noCountIsLost() throws InterruptedException {
        final int loops = 3;
        final int people = 200;
        final int rounds = 100;
        try (DecidedWorld world = open(0)) {
            world.catalog(40, "a");
            for (int i = 0; i < people; i++) {
                world.person("crm:" + i, 41);
            }
            final CountDownLatch begin = new CountDownLatch(1);
            final List<Thread> threads = new ArrayList<>();
            for (int number = 0; number < loops; number++) {
                threads.add(new Thread(() -> {
                    await(begin);
                    try (Loop loop = world.newLoop()) {
                        for (int i = 0; i < people * rounds; i++) {
                            loop.decide("crm:" + i % people, "hero", "box");
                        }
                    }
                }));
            }
            final int events = 2_000;
            threads.add(new Thread(() -> {
                await(begin);
                for (int i = 0; i < events; i++) {
                    world.event("{\"profile\":\"crm:%d\",\"type\":\"click\",\"offer\":\"loan\",\"placement\":\"hero\"}"
                            .formatted(i % people));
                }
            }));
            threads.forEach(Thread::start);
            begin.countDown();
            long seen = 0;
            while (threads.stream().anyMatch(Thread::isAlive)) {
                final long decisions = world.report().decisions();
                assertThat(decisions).isBetween(seen, (long) loops * people * rounds);
                seen = decisions;
            }
            final OfferReport report = world.report();
            assertThat(report.decisions()).isEqualTo((long) loops * people * rounds);
            final long treated = report.holdout().treated().people();
            assertThat(treated + report.holdout().holdout().people()).isEqualTo(people);
            assertThat(world.row("card", "hero").decided()).isEqualTo(treated * loops * rounds);
            assertThat(world.row("loan", "box").decided()).isEqualTo(treated * loops * rounds);
            assertThat(world.row("loan", "hero").clicked()).isEqualTo(events);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is decided is handed to the tally again and again, without deciding. */
    @Test
    void toCountADecisionAllocatesNothing() {
        try (DecidedWorld world = open(0)) {
            world.catalog(40, "a");
            world.person("crm:1", 41);
            final DecisionListener tally = world.reports.newTally();
            final ServedDecision[] served = new ServedDecision[1];
            try (Loop loop = new Loop(
                    world.storage.newReader(), world.decisions.newDeciding(decision -> served[0] = decision))) {
                loop.decide("crm:1", "hero", "box");
            }
            countMany(tally, served[0]);
            final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            final long before = thread.getCurrentThreadAllocatedBytes();
            countMany(tally, served[0]);
            // Less than a byte each: the beans themselves allocate a little.
            assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000);
        }
    }

    private static void countMany(DecisionListener tally, ServedDecision decision) {
        for (int i = 0; i < 100_000; i++) {
            tally.onDecision(decision);
        }
    }

    @Test
    void ringsAndShareOfTheSamplerAreBounded() {
        final ReasonTally reasons = new ReasonTally(new Ids(10, 10), new Ids(10, 10));
        final ReasonSampler sampler = new ReasonSampler(5, System::nanoTime, reasons);
        final SampleRing ring = sampler.newRing();
        final DecisionRequest request = request(null, false, null, "hero");
        int taken = 0;
        while (ring.offer(request, NOW)) {
            taken++;
        }
        assertThat(taken).isEqualTo(ReportLimits.WAITING_SAMPLES_MAX);
        assertThat(ring.poll((polled, atMicros) -> assertThat(atMicros).isEqualTo(NOW)))
                .isTrue();
        assertThat(ring.offer(request, NOW)).isTrue();
        assertThat(ring.isEmpty()).isFalse();
    }
}
