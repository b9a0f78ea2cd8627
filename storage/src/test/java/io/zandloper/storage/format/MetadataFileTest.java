package io.zandloper.storage.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataFileTest {
    private static final MetadataFile FORMAT = new MetadataFile("ZDLTEST ", 2, 3);
    private static final byte[] PAYLOAD = {1, 2, 3, 4, 5, 6, 7};

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() {
        file = folder.resolve("test.meta");
        FORMAT.write(file, ByteBuffer.wrap(PAYLOAD));
    }

    @Test
    void givesBackWhatWasWritten() {
        final MetadataFile.Content content = FORMAT.read(file);
        assertThat(content.version()).isEqualTo(3);
        assertThat(content.payload()).isEqualTo(ByteBuffer.wrap(PAYLOAD));
    }

    @Test
    void isReplacedAsAWhole() throws IOException {
        FORMAT.write(file, ByteBuffer.wrap(new byte[1]));
        assertThat(FORMAT.read(file).payload().remaining()).isEqualTo(1);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void readsTheOlderVersionsItKnows() {
        new MetadataFile("ZDLTEST ", 1, 2).write(file, ByteBuffer.wrap(PAYLOAD));
        assertThat(FORMAT.read(file).version()).isEqualTo(2);
    }

    @Test
    void refusesAVersionItHasForgotten() {
        new MetadataFile("ZDLTEST ", 1, 1).write(file, ByteBuffer.wrap(PAYLOAD));
        assertThatThrownBy(() -> FORMAT.read(file))
                .isInstanceOf(FormatTooOldException.class)
                .hasMessage("The file " + file
                        + " has format version 1, too old for this program, which reads 2 and newer.");
    }

    @Test
    void refusesAVersionThatIsYetToCome() {
        new MetadataFile("ZDLTEST ", 1, 4).write(file, ByteBuffer.wrap(PAYLOAD));
        assertThatThrownBy(() -> FORMAT.read(file))
                .isInstanceOf(FormatTooNewException.class)
                .hasMessage(
                        "The file " + file + " has format version 4, too new for this program, which reads up to 3.");
    }

    @Test
    void refusesAFileOfAnotherKind() {
        new MetadataFile("ZDLOTHER", 2, 3).write(file, ByteBuffer.wrap(PAYLOAD));
        assertThatThrownBy(() -> FORMAT.read(file))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void findsEveryFlippedBit() throws IOException {
        final byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
            final byte[] flipped = whole.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            Files.write(file, flipped);
            assertThatThrownBy(() -> FORMAT.read(file)).isInstanceOf(StoredFileException.class);
        }
    }

    @Test
    void findsEveryCut() throws IOException {
        final byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> FORMAT.read(file)).isInstanceOf(CorruptFileException.class);
        }
    }

    @Test
    void namesAFileThatIsMissing() {
        assertThatThrownBy(() -> FORMAT.read(folder.resolve("none")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("none");
    }
}
