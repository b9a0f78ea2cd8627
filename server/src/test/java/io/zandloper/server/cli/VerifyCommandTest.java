package io.zandloper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.storage.ChangeFuture;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.Identity;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code verify} over files that the storage wrote. */
final class VerifyCommandTest {
    private static final int PROFILES = 500;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path data;
    private Path snapshot;

    @BeforeEach
    void fill() {
        data = folder.resolve("data");
        try (Storage storage = Storage.open(
                StorageConfig.of(data), json -> CatalogReader.compile(json, Catalog.EMPTY), MicrosClock.system())) {
            record(storage, 0);
            snapshot = storage.snapshot().join();
            record(storage, PROFILES);
        }
    }

    private static void record(Storage storage, int first) {
        ChangeFuture last = new ChangeFuture();
        for (int i = first; i < first + PROFILES; i++) {
            last = new ChangeFuture();
            final RecordEvent event =
                    new RecordEvent(new Identity("crm", "" + i), null, "seen", null, null, 1, null, null, Map.of());
            assertThat(storage.submit(event, last)).isTrue();
        }
        last.join();
    }

    @Test
    void whatIsWholeIsListed() {
        assertThat(verify(data)).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("whole    snapshot " + snapshot.getFileName())
                .contains("whole    journal ")
                .contains("up to sequence " + 2 * PROFILES)
                .doesNotContain("damaged");
        assertThat(err.toString()).isEmpty();
        assertThat(verify(snapshot)).as(err.toString()).isZero();
    }

    @Test
    void anyFlippedByteOfASnapshotIsNamedWithItsFile() throws IOException {
        for (Path file : files(snapshot)) {
            final byte[] bytes = Files.readAllBytes(file);
            if (bytes.length == 0) {
                continue; // nothing changed while the snapshot was taken
            }
            for (int at : List.of(0, bytes.length / 2, bytes.length - 1)) {
                bytes[at] ^= 0x10;
                Files.write(file, bytes);
                err.getBuffer().setLength(0);
                assertThat(verify(snapshot)).as("%s at %d", file, at).isEqualTo(1);
                assertThat(err.toString())
                        .startsWith("zandloper: ")
                        .contains(file.getFileName().toString())
                        .hasLineCount(1);
                bytes[at] ^= 0x10;
            }
            Files.write(file, bytes);
        }
        assertThat(verify(snapshot)).as(err.toString()).isZero();
    }

    @Test
    void aFlippedByteOfTheJournalIsNamedWithItsOffset() throws IOException {
        final Path file = files(data.resolve("journal")).stream()
                .filter(path -> path.toString().endsWith(".journal"))
                .findFirst()
                .orElseThrow();
        final byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThat(verify(data)).isEqualTo(1);
        assertThat(out.toString()).contains("damaged  ").contains("whole    snapshot ");
        assertThat(err.toString()).contains(file.getFileName().toString()).containsPattern("offset[ =]\\d+");
    }

    @Test
    void jsonHoldsTheSame() throws IOException {
        assertThat(verify("--json", data.toString())).isZero();
        final JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.path("whole").asBoolean()).isTrue();
        assertThat(report.path("checked").size()).isGreaterThanOrEqualTo(2);
        assertThat(report.path("damage").isEmpty()).isTrue();
    }

    @Test
    void aFolderThatIsNoneOfOursIsOneSentence() {
        assertThat(verify(folder)).isEqualTo(1);
        assertThat(verify(folder.resolve("nowhere"))).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(2).contains(folder.toString());
    }

    private int verify(Path what) {
        return verify(what.toString());
    }

    private int verify(String... arguments) {
        final String[] words =
                Stream.concat(Stream.of("verify"), Stream.of(arguments)).toArray(String[]::new);
        return ZandloperCommands.run(
                (config, ready) -> {
                    throw new AssertionError("nobody asked to serve");
                },
                Map.of(),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                words);
    }

    private static List<Path> files(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
