package io.zandloper.server.decisionlog;

import static io.zandloper.server.decisionlog.LoggedWorld.CATALOG;
import static io.zandloper.server.decisionlog.LoggedWorld.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.profile.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Within the erasure bound no file of the log points at who was erased. */
final class ErasureLogTest {
    private static final Identity PERSON = new Identity("crm", "person-7f3a91");
    private static final Identity COOKIE = new Identity("cookie", "cookie-5be2c8");

    @TempDir
    private Path folder;

    private static void people(LoggedWorld world) {
        world.catalog(CATALOG);
        world.person("{\"id\":\"" + PERSON + "\",\"attributes\":{\"age\":41},\"consent\":{\"purposes\":[4]}}");
        world.person("{\"id\":\"crm:2\",\"attributes\":{\"age\":41},\"consent\":{\"purposes\":[4]}}");
    }

    /** Files that hold the keyed hash of one of the identities. */
    private List<String> found(LoggedWorld world, Identity... identities) throws IOException {
        final List<String> found = new ArrayList<>();
        final IdentityHash hash = world.storage.newIdentityHash();
        try (Stream<Path> files = Files.walk(folder.resolve("log"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                final String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                for (Identity identity : identities) {
                    final byte[] utf8 = identity.utf8();
                    hash.hash(utf8, 0, utf8.length);
                    final ByteBuffer low = ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(hash.low());
                    if (bytes.contains(new String(low.array(), StandardCharsets.ISO_8859_1))) {
                        found.add(file.getFileName() + ": " + identity);
                    }
                }
            }
        }
        return found;
    }

    private static void passTheBound(LoggedWorld world) {
        world.nowMicros.addAndGet(world.storage.catalog().policies().erasureBoundMicros() / 2);
        world.log.work();
    }

    @Test
    void withinTheBoundNoFilePointsAtThePersonAndAllElseIsThere() throws IOException {
        final DecisionLogSettings small = new DecisionLogSettings(folder.resolve("log"), 64 * 1024, 100, 0);
        try (LoggedWorld world = new LoggedWorld(folder, small, FileDisk.INSTANCE)) {
            people(world);
            world.log.work(); // what an earlier run has left
            for (int i = 0; i < 2_000; i++) {
                world.nowMicros.set(NOW + i);
                world.decide(i % 3 == 0 ? PERSON.text() : "crm:2", "hero");
            }
            world.write();
            world.apply(new EraseProfile(PERSON));
            world.log.work();
            // Able to fail: several files point at the person.
            assertThat(found(world, PERSON)).hasSizeGreaterThan(2);
            assertThat(world.log.status().erasurePending()).isTrue();

            passTheBound(world);
            assertThat(found(world, PERSON)).isEmpty();
            assertThat(world.log.status().erasurePending()).isFalse();
            assertThat(world.log.status().erased()).isEqualTo(667);
            final LoggedWorld.Read read = world.read();
            assertThat(read.erased).isEqualTo(667);
            assertThat(read.damage).isEmpty();
            assertThat(read.decisions)
                    .extracting(decision -> decision.atMicros() - NOW)
                    .hasSize(1_333)
                    .isSorted()
                    .noneMatch(number -> number % 3 == 0);

            world.decide("crm:2", "hero");
            world.write();
            assertThat(world.read().decisions).hasSize(1_334);
        }
    }

    @Test
    void whoComesBackIsNotWhoWasErased() throws IOException {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            world.log.work();
            world.decide(PERSON.text(), "hero");
            world.apply(new EraseProfile(PERSON));
            world.person("{\"id\":\"" + COOKIE + "\"}");
            world.apply(new UpsertProfile(PERSON, UpsertProfile.Mode.MERGE, null, null, null, null, null, null, null));
            world.decide(PERSON.text(), "hero");
            world.write();
            passTheBound(world);
            assertThat(world.read().erased).isEqualTo(1);
            assertThat(world.read().decisions).hasSize(1);
            assertThat(found(world, PERSON)).hasSize(1);
        }
    }

    /** The log knows a person by the primary identity of the time; who is erased may have another by then. */
    @Test
    void whoWasLinkedIsFoundByEveryIdentity() throws IOException {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            world.log.work();
            world.person("{\"id\":\"" + COOKIE + "\",\"attributes\":{\"age\":3}}");
            world.decide(COOKIE.text(), "hero");
            world.decide(PERSON.text(), "hero");
            world.apply(new LinkProfiles(PERSON, COOKIE));
            world.decide(COOKIE.text(), "hero");
            world.apply(new EraseProfile(COOKIE));
            world.write();
            assertThat(found(world, PERSON, COOKIE)).hasSize(2);
            passTheBound(world);
            assertThat(found(world, PERSON, COOKIE)).isEmpty();
            assertThat(world.read().erased).isEqualTo(3);
        }
    }

    @Test
    void anErasureThatAStopLeftIsMadeGoodByTheNextStart() throws IOException {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            world.log.work();
            world.decide(PERSON.text(), "hero");
            world.decide("crm:2", "hero");
            world.apply(new EraseProfile(PERSON));
            world.write();
            assertThat(found(world, PERSON)).hasSize(1);
        }
        // What a crash left of a file that was being rewritten.
        final Path left = LogFiles.rewritten(LogFiles.file(folder.resolve("log"), 1));
        Files.write(left, Files.readAllBytes(LogFiles.file(folder.resolve("log"), 1)));
        try (LoggedWorld world = new LoggedWorld(folder)) {
            assertThat(found(world, PERSON)).hasSize(2);
            world.log.work();
            assertThat(found(world, PERSON)).isEmpty();
            assertThat(world.read().decisions).hasSize(1);
        }
    }

    /** A decision that was under way when the person was erased is logged just after. */
    @Test
    void aLateEntryIsTakenOutAsWell() throws IOException {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            world.log.work();
            world.decide(PERSON.text(), "hero");
            world.write();
            final byte[] entry = Files.readAllBytes(LogFiles.file(folder.resolve("log"), 1));
            world.apply(new EraseProfile(new Identity("crm", "2")));
            world.nowMicros.addAndGet(world.storage.catalog().policies().erasureBoundMicros() / 3);
            world.apply(new EraseProfile(PERSON));
            world.log.work(); // because of the first of them
            assertThat(found(world, PERSON)).isEmpty();
            Files.write(LogFiles.file(folder.resolve("log"), 7), entry);
            assertThat(world.log.status().erasurePending()).isTrue();
            passTheBound(world);
            assertThat(found(world, PERSON)).isEmpty();
        }
    }

    /** Nobody can tell whose it was. */
    @Test
    void whatIsDamagedGoesWithTheNextErasure() throws IOException {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            world.log.work();
            for (int i = 0; i < 5; i++) {
                world.decide("crm:2", "hero");
            }
            world.write();
            final Path file = LogFiles.file(folder.resolve("log"), 1);
            final byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
            assertThat(world.read().damage).hasSize(1);
            world.apply(new EraseProfile(PERSON));
            passTheBound(world);
            assertThat(world.read().damage).isEmpty();
            assertThat(world.read().decisions).hasSize(4);
        }
    }
}
