package io.zandloper.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.format.CorruptFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFilesTest {
    /** More than is written at once, and no multiple of it. */
    private static final long LENGTH = 9 * 1024 * 1024 + 4096;

    @TempDir
    Path folder;

    @Test
    void aNewFileIsZerosAndTakesItsBlocksAtOnce() throws IOException, InterruptedException {
        final Path file = folder.resolve("new");
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = MappedFiles.create(file, LENGTH, arena);
            assertThat(memory.byteSize()).isEqualTo(LENGTH);
            assertThat(memory.mismatch(MemorySegment.ofArray(new byte[(int) LENGTH])))
                    .isEqualTo(-1);
            assertThat(allocatedBytes(file)).isGreaterThanOrEqualTo(LENGTH);
        }
    }

    @Test
    void whatIsWrittenIsThereAgain() {
        final Path file = folder.resolve("again");
        try (Arena arena = Arena.ofShared()) {
            MappedFiles.create(file, LENGTH, arena).set(ValueLayout.JAVA_LONG, LENGTH - 8, 42);
        }
        try (Arena arena = Arena.ofShared()) {
            assertThat(MappedFiles.open(file, LENGTH, arena).get(ValueLayout.JAVA_LONG, LENGTH - 8))
                    .isEqualTo(42);
            assertThatThrownBy(() -> MappedFiles.open(file, LENGTH + 1, arena))
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessage("The file " + file + " is corrupt: it is " + LENGTH + " bytes long instead of "
                            + (LENGTH + 1) + ".");
        }
    }

    @Test
    void aFileThatCannotBeMadeIsNamed() {
        final Path file = folder.resolve("none").resolve("file");
        try (Arena arena = Arena.ofShared()) {
            assertThatThrownBy(() -> MappedFiles.create(file, LENGTH, arena))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(file.toString());
            assertThatThrownBy(() -> MappedFiles.open(file, LENGTH, arena))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void foldersAndStrayFilesAreDeleted() throws IOException {
        final Path inner = folder.resolve("a/b");
        MappedFiles.createDirectory(inner);
        Files.createFile(inner.resolve("1.map"));
        Files.createFile(inner.resolve("2.map"));
        Files.createFile(inner.resolve("other"));
        MappedFiles.deleteOthers(inner, "*.map", Set.of(inner.resolve("2.map")));
        assertThat(inner.resolve("1.map")).doesNotExist();
        assertThat(inner.resolve("2.map")).exists();
        assertThat(inner.resolve("other")).exists();
        MappedFiles.deleteDirectory(inner);
        assertThat(inner).doesNotExist();
        MappedFiles.deleteDirectory(inner);
    }

    private static long allocatedBytes(Path file) throws IOException, InterruptedException {
        final Process stat = new ProcessBuilder("stat", "--format=%b", file.toString()).start();
        final String blocks = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(stat.waitFor()).isZero();
        return Long.parseLong(blocks.trim()) * 512;
    }
}
