package io.zandloper.server.decisionlog;

import static io.zandloper.server.decisionlog.LoggedWorld.CATALOG;
import static io.zandloper.server.decisionlog.LoggedWorld.NOW;
import static io.zandloper.server.decisionlog.LoggedWorld.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ChosenOffer;
import io.zandloper.server.decide.Decision.FilledPlacement;
import io.zandloper.server.decide.Decision.Reason;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decision.Deciding;
import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.decision.ServedDecision;
import io.zandloper.server.decisionlog.LoggedDecision.LoggedOffer;
import io.zandloper.server.decisionlog.LoggedDecision.LoggedPlacement;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.FormatTooNewException;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.profile.Profile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DecisionLogTest {
    @TempDir
    private Path folder;

    private DecisionLogSettings settings(long fileBytes, int files, int purposes) {
        return new DecisionLogSettings(folder.resolve("log"), fileBytes, files, purposes);
    }

    private Path file(int number) {
        return LogFiles.file(folder.resolve("log"), number);
    }

    private static void people(LoggedWorld world) {
        world.catalog(CATALOG);
        world.person(
                "{\"id\":\"crm:1\",\"identities\":[\"cookie:a\"],\"attributes\":{\"age\":41},\"consent\":{\"purposes\":[4,7]}}");
        world.person("{\"id\":\"crm:2\",\"attributes\":{\"age\":12},\"scores\":{\"loan\":0.5}}");
    }

    @Test
    void readsBackWhatWasDecided() {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            final List<Decision> decided = new ArrayList<>();
            decided.add(world.decide("cookie:a", "hero", "box"));
            decided.add(world.decide("crm:2", "box"));
            decided.add(world.decide(new DecisionRequest(
                    null,
                    null,
                    List.of(new PlacementRequest("hero", null), new PlacementRequest("box", 100)),
                    Map.of("place", "Zürich ☂ 𝄞", "device", 7L, "unread", "secret"),
                    true,
                    NOW - 5,
                    Set.of("card"))));
            decided.add(world.decide(request("crm:unknown", Map.of("place", 1.5, "device", true), "hero")));
            world.write();

            final List<LoggedDecision> read = world.read().decisions;
            assertThat(read).hasSize(4);
            for (int i = 0; i < read.size(); i++) {
                assertThat(read.get(i).reason()).isEqualTo(decided.get(i).reason());
                assertThat(placements(read.get(i))).isEqualTo(placements(decided.get(i)));
                assertThat(read.get(i).catalogVersion()).isEqualTo(1);
            }
            final LoggedDecision first = read.get(0);
            final IdentityHash hash = world.storage.newIdentityHash();
            hash.hash("crm:1".getBytes(StandardCharsets.UTF_8), 0, 5);
            assertThat(first.visitor()).isEqualTo(Visitor.KNOWN);
            assertThat(first.personHigh()).isEqualTo(hash.high());
            assertThat(first.personLow()).isEqualTo(hash.low());
            assertThat(first.profileVersion()).isEqualTo(2);
            assertThat(first.profileSequence()).isEqualTo(2);
            assertThat(first.atMicros()).isEqualTo(NOW);
            assertThat(first.isAt()).isFalse();
            assertThat(first.context()).isEqualTo(Map.of("device", "mobile"));
            final LoggedDecision anonymous = read.get(2);
            assertThat(anonymous.visitor()).isEqualTo(Visitor.ANONYMOUS);
            assertThat(anonymous.isAt()).isTrue();
            assertThat(anonymous.isExplained()).isTrue();
            assertThat(anonymous.atMicros()).isEqualTo(NOW - 5);
            assertThat(anonymous.context()).isEqualTo(Map.of("place", "Zürich ☂ 𝄞", "device", 7L));
            assertThat(anonymous.excluded()).containsExactly("card");
            assertThat(anonymous.placements())
                    .extracting(LoggedPlacement::asked)
                    .containsExactly(0, 100);
            assertThat(read.get(3).visitor()).isEqualTo(Visitor.UNKNOWN);
            assertThat(read.get(3).reason()).isEqualTo(Reason.UNKNOWN_PROFILE);
            assertThat(read.get(3).personLow()).isZero();
            assertThat(read.get(3).context()).isEqualTo(Map.of("place", 1.5, "device", true));
            assertThat(world.log.status().written()).isEqualTo(4);
            assertThat(world.log.status().dropped()).isZero();
            assertThat(world.log.status().files()).isEqualTo(1);
            assertThat(world.log.status().bytes()).isEqualTo(file(1).toFile().length());
        }
    }

    private static List<String> placements(Decision decision) {
        final List<String> texts = new ArrayList<>();
        for (FilledPlacement placement : decision.placements()) {
            for (ChosenOffer offer : placement.offers()) {
                texts.add(placement.id() + " " + offer.id() + " "
                        + (offer.factors() == null
                                ? "fallback"
                                : offer.factors().priority()));
            }
        }
        return texts;
    }

    private static List<String> placements(LoggedDecision decision) {
        final List<String> texts = new ArrayList<>();
        for (LoggedPlacement placement : decision.placements()) {
            for (LoggedOffer offer : placement.offers()) {
                texts.add(placement.id() + " " + offer.id() + " " + (offer.fallback() ? "fallback" : offer.priority()));
            }
        }
        return texts;
    }

    /** An attribute, an identity, a field of the context that no condition reads: none of it is in a file. */
    @Test
    void noFileNamesAPerson() throws IOException {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            world.catalog(CATALOG);
            world.person("{\"id\":\"crm:person-7f3a91\",\"attributes\":{\"age\":41,\"name\":\"name-d41d8cd9\"}}");
            world.decide(request("crm:person-7f3a91", Map.of("device", "mobile", "mail", "mail-0cc175b9"), "hero"));
            world.decide(request("crm:stranger-5be2c8", Map.of(), "hero"));
            world.decide(new DecisionRequest(
                    null,
                    Profile.EMPTY,
                    List.of(new PlacementRequest("hero", null)),
                    Map.of("mail", "mail-0cc175b9"),
                    false,
                    null,
                    Set.of()));
            world.write();
            final String bytes = Files.readString(file(1), StandardCharsets.ISO_8859_1);
            assertThat(bytes)
                    .contains("mobile")
                    .doesNotContain("7f3a91")
                    .doesNotContain("d41d8cd9")
                    .doesNotContain("0cc175b9")
                    .doesNotContain("5be2c8");
            assertThat(world.read().decisions)
                    .extracting(LoggedDecision::visitor)
                    .containsExactly(Visitor.KNOWN, Visitor.UNKNOWN, Visitor.DOCUMENT);
        }
    }

    @Test
    void withoutTheConsentAskedForItPointsAtNobody() {
        final int purposesFourAndSeven = 1 << 3 | 1 << 6;
        try (LoggedWorld world =
                new LoggedWorld(folder, settings(1 << 20, 4, purposesFourAndSeven), FileDisk.INSTANCE)) {
            people(world);
            world.decide("crm:1", "hero");
            world.decide("crm:2", "hero");
            world.person("{\"id\":\"crm:1\",\"consent\":{\"purposes\":[4]}}");
            world.decide("crm:1", "hero");
            world.write();
            final List<LoggedDecision> read = world.read().decisions;
            assertThat(read)
                    .extracting(LoggedDecision::visitor)
                    .containsExactly(Visitor.KNOWN, Visitor.WITHHELD, Visitor.WITHHELD);
            assertThat(read.get(2).personLow()).isZero();
            assertThat(read.get(2).profileVersion()).isZero();
            assertThat(read.get(2).context()).isEmpty();
        }
    }

    @Test
    void rollsAndLetsGoOfTheOldest() throws IOException {
        final int decisions = 3_000;
        try (LoggedWorld world = new LoggedWorld(folder, settings(64 * 1024, 3, 0), FileDisk.INSTANCE)) {
            people(world);
            for (int i = 0; i < decisions; i++) {
                world.nowMicros.incrementAndGet();
                world.decide("crm:1", "hero");
                if (i % 100 == 0) {
                    world.write();
                }
            }
            world.write();
            final List<Path> files = DecisionLogReader.files(folder.resolve("log"));
            assertThat(files).hasSize(3);
            assertThat(world.log.status().files()).isEqualTo(3);
            long bytes = 0;
            for (Path file : files) {
                assertThat(Files.size(file)).isLessThanOrEqualTo(64 * 1024);
                bytes += Files.size(file);
            }
            assertThat(world.log.status().bytes()).isEqualTo(bytes);
            final List<LoggedDecision> read = world.read().decisions;
            assertThat(read.size()).isLessThan(decisions);
            for (int i = 0; i < read.size(); i++) {
                assertThat(read.get(i).atMicros()).isEqualTo(NOW + decisions - read.size() + 1 + i);
            }
        }
        final int before = DecisionLogReader.files(folder.resolve("log")).size();
        try (LoggedWorld world = new LoggedWorld(folder, settings(64 * 1024, 3, 0), FileDisk.INSTANCE)) {
            world.decide(request(null, Map.of(), "hero"));
            world.write();
            // A start begins a new file, and the oldest goes.
            assertThat(DecisionLogReader.files(folder.resolve("log"))).hasSize(before);
        }
    }

    @Test
    void whatIsDamagedCostsItselfAlone() throws IOException {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            for (int i = 0; i < 10; i++) {
                world.nowMicros.set(NOW + i);
                world.decide("crm:1", "hero");
            }
            world.write();
            final byte[] whole = Files.readAllBytes(file(1));
            final int entry = (whole.length - LogDescriptor.FILE_HEADER_BYTES) / 10;
            final int third = LogDescriptor.FILE_HEADER_BYTES + 2 * entry;
            for (int at : new int[] {third, third + 5, third + 12, third + 30, third + entry - 1}) {
                final byte[] damaged = whole.clone();
                damaged[at] ^= 0x41;
                Files.write(file(1), damaged);
                final LoggedWorld.Read read = world.read();
                assertThat(read.decisions)
                        .extracting(decision -> decision.atMicros() - NOW)
                        .containsExactly(0L, 1L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
                assertThat(read.damage).containsExactly(third + "+" + entry);
            }
            for (int cut = 1; cut < entry; cut++) {
                Files.write(file(1), Arrays.copyOf(whole, whole.length - cut));
                final LoggedWorld.Read read = world.read();
                assertThat(read.decisions).hasSize(9);
                assertThat(read.damage).containsExactly((whole.length - entry) + "+" + (entry - cut) + " at the end");
            }
            Files.write(file(1), Arrays.copyOf(whole, whole.length - entry));
            assertThat(world.read().damage).isEmpty();
        }
    }

    @Test
    void othersFilesAreNotMisread() throws IOException {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            world.decide("crm:1", "hero");
            world.write();
            final byte[] whole = Files.readAllBytes(file(1));
            final byte[] newer = whole.clone();
            newer[LogDescriptor.FILE_VERSION_OFFSET]++;
            Files.write(file(1), newer);
            assertThatThrownBy(world::read).isInstanceOf(FormatTooNewException.class);
            final byte[] damaged = whole.clone();
            damaged[LogDescriptor.FILE_KEY_LOW_OFFSET] ^= 1;
            Files.write(file(1), damaged);
            assertThatThrownBy(world::read)
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessageContaining("its header is damaged");
            Files.writeString(file(1), "{\"id\":\"crm:1\"}\n".repeat(10));
            assertThatThrownBy(world::read).hasMessageContaining("it is no decision log");
        }
    }

    @Test
    void whatFindsNoRoomIsDroppedAndCounted() {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            final String place = "x".repeat(4_000);
            for (int i = 0; i < 3_000; i++) {
                world.decide(request(null, Map.of("place", place), "hero"));
            }
            world.decide(new DecisionRequest(
                    null,
                    null,
                    List.of(new PlacementRequest("hero", null)),
                    Map.of(),
                    false,
                    null,
                    Set.of("y".repeat(DecisionLogLimits.PAYLOAD_BYTES_MAX))));
            world.write();
            final DecisionLogStatus status = world.log.status();
            assertThat(status.droppedFull()).isPositive();
            assertThat(status.droppedLong()).isEqualTo(1);
            assertThat(status.written() + status.droppedFull()).isEqualTo(3_000);
            world.decide("crm:1", "hero");
            world.write();
            assertThat(world.log.status().written()).isEqualTo(status.written() + 1);
        }
    }

    @Test
    void aDiskThatRefusesCostsEntriesAndNoDecision() throws IOException {
        final AtomicBoolean full = new AtomicBoolean();
        try (LoggedWorld world = new LoggedWorld(folder, settings(1 << 20, 4, 0), refusing(full))) {
            people(world);
            world.decide("crm:1", "hero");
            world.write();
            full.set(true);
            world.decide("crm:1", "hero");
            world.decide("crm:1", "hero");
            world.write();
            assertThat(world.log.status().droppedFailed()).isEqualTo(2);
            assertThat(world.log.status().failure()).contains("no space left");
            full.set(false);
            world.decide("crm:1", "hero");
            world.write();
            assertThat(world.log.status().droppedFailed())
                    .as("not asked again at once")
                    .isEqualTo(3);
            world.nowNanos.addAndGet(DecisionLogLimits.RETRY_NANOS);
            world.decide("crm:1", "hero");
            world.write();
            assertThat(world.log.status().failure()).isNull();
            assertThat(world.log.status().written()).isEqualTo(2);
            assertThat(world.read().decisions).hasSize(2);
        }
    }

    /** Files cannot be appended to while {@code full}. */
    private static Disk refusing(AtomicBoolean full) {
        return proxy(Disk.class, FileDisk.INSTANCE, full);
    }

    private static <T> T proxy(Class<T> type, T target, AtomicBoolean full) {
        return type.cast(Proxy.newProxyInstance(
                DecisionLogTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("append") && arguments[0] instanceof ByteBuffer && full.get()) {
                        throw new IOException("no space left");
                    }
                    try {
                        final Object result = method.invoke(target, arguments);
                        return result instanceof Disk.AppendFile file
                                ? proxy(Disk.AppendFile.class, file, full)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    /** Also by several threads at once, against the thread of a log that runs. */
    @Test
    void noEntryIsLostBetweenThreads() throws InterruptedException {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            final DecisionLog running = DecisionLog.start(
                    settings(1 << 20, 100, 0),
                    new DecisionLog.World(
                            FileDisk.INSTANCE,
                            () -> NOW,
                            System::nanoTime,
                            world.storage::newIdentityHash,
                            action -> {},
                            () -> Long.MAX_VALUE / 2));
            final List<Thread> threads = new ArrayList<>();
            final int loops = 3;
            final int decisions = 10_000;
            final Decisions deciding = Decisions.heardBy(running::newListener);
            for (int loop = 0; loop < loops; loop++) {
                threads.add(new Thread(() -> {
                    try (StorageReader reader = world.storage.newReader()) {
                        final Deciding own = deciding.newDeciding();
                        for (int i = 0; i < decisions; i++) {
                            own.decide(request("crm:1", Map.of(), "hero"), reader.enter(), NOW + i);
                            reader.leave();
                        }
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            running.close();
            deciding.close();
            final DecisionLogStatus status = running.status();
            assertThat(status.written() + status.droppedFull()).isEqualTo((long) loops * decisions);
            final LoggedWorld.Read read = world.read();
            assertThat(read.decisions).hasSize((int) status.written());
            assertThat(read.damage).isEmpty();
        }
    }

    @Test
    void toLogADecisionAllocatesNextToNothing() {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            final List<ServedDecision> heard = new ArrayList<>();
            final DecisionListener logger = world.log.newListener();
            try (Decisions decisions = new Decisions(heard::add);
                    StorageReader reader = world.storage.newReader()) {
                decisions
                        .newDeciding()
                        .decide(request("crm:1", Map.of("device", "mobile"), "hero", "box"), reader.enter(), NOW);
                reader.leave();
            }
            final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int i = 0; i < 20_000; i++) {
                logger.onDecision(heard.get(0));
            }
            final long before = thread.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                logger.onDecision(heard.get(0));
            }
            final double each = (thread.getCurrentThreadAllocatedBytes() - before) / 20_000.0;
            // Iterators over the request's context and excluded offers.
            assertThat(each).isLessThan(128);
        }
    }
}
