package io.zandloper.server.decisionlog;

import static io.zandloper.server.decisionlog.LoggedWorld.CATALOG;
import static io.zandloper.server.decisionlog.LoggedWorld.NOW;
import static io.zandloper.server.decisionlog.LoggedWorld.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.decision.Deciding;
import io.zandloper.server.decision.Decisions;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.format.IdentityHash;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a replica that begins with an empty folder: the key of its people comes with the first snapshot. */
final class BlankNodeLogTest {
    private static final byte[] DRAWN = new byte[IdentityHash.KEY_BYTES];
    private static final byte[] RECEIVED = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    @Test
    void peopleAreHashedByTheKeyThatCameInAFileOfThatKey() {
        final AtomicReference<byte[]> key = new AtomicReference<>(DRAWN);
        final Path logFolder = folder.resolve("log");
        try (LoggedWorld world = new LoggedWorld(folder.resolve("world"));
                StorageReader reader = world.storage.newReader()) {
            world.catalog(CATALOG);
            final DecisionLog log = new DecisionLog(
                    new DecisionLogSettings(logFolder, 1 << 20, 4, 0),
                    new DecisionLog.World(
                            FileDisk.INSTANCE,
                            () -> NOW,
                            () -> 0,
                            () -> new IdentityHash(key.get()),
                            action -> {},
                            () -> Long.MAX_VALUE / 2));
            try (Decisions decisions = Decisions.heardBy(log::newListener)) {
                decisions.prepare(world.storage.catalog());
                final Deciding deciding = decisions.newDeciding();
                decide(deciding, reader, null);
                log.work();
                key.set(RECEIVED);
                world.person("{\"id\":\"crm:1\",\"attributes\":{\"age\":41}}");
                decide(deciding, reader, "crm:1");
                decide(deciding, reader, null);
                decide(deciding, reader, "crm:1");
                log.stop();
            }
        }
        final List<Path> files = DecisionLogReader.files(logFolder);
        assertThat(files).hasSize(2);
        final LoggedWorld.Read first = new LoggedWorld.Read();
        DecisionLogReader.read(files.get(0), first);
        assertThat(DecisionLogReader.header(files.get(0)).keyLow()).isEqualTo(hash(DRAWN, LogDescriptor.KEY_TEXT));
        assertThat(first.decisions).hasSize(1);
        final LoggedWorld.Read second = new LoggedWorld.Read();
        DecisionLogReader.read(files.get(1), second);
        assertThat(DecisionLogReader.header(files.get(1)).keyLow()).isEqualTo(hash(RECEIVED, LogDescriptor.KEY_TEXT));
        assertThat(second.decisions)
                .extracting(LoggedDecision::personLow)
                .containsExactly(hash(RECEIVED, "crm:1"), 0L, hash(RECEIVED, "crm:1"));
    }

    private static void decide(Deciding deciding, StorageReader reader, String person) {
        deciding.decide(request(person, Map.of(), "hero"), reader.enter(), NOW);
        reader.leave();
    }

    private static long hash(byte[] key, String text) {
        final IdentityHash hash = new IdentityHash(key);
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        hash.hash(bytes, 0, bytes.length);
        return hash.low();
    }
}
