package io.zandloper.loadtest.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.loadtest.dialect.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TraceTest {
    @TempDir
    private Path folder;

    @Test
    void timesCountFromTheFirstRequest() throws IOException {
        final Trace trace =
                read("# recorded\n1000 segment-test crm:1\n\n1500\tdecide\tcookie:a b\n4000 upsert crm:333\n");
        assertThat(trace.size()).isEqualTo(3);
        assertThat(trace.dueNanos(0, 1)).containsExactly(0, 500_000, 3_000_000);
        assertThat(trace.dueNanos(1, 2)).containsExactly(500_000);
        assertThat(trace.dueNanos(0, 2)).containsExactly(0, 3_000_000);
        assertThat(trace.duration()).isEqualTo(Duration.ofMillis(3));
        assertThat(trace.operations()).containsExactly(Operation.SEGMENT_TEST, Operation.DECIDE, Operation.UPSERT);
        assertThat(trace.operation(1)).isEqualTo(Operation.DECIDE);
        assertThat(identity(trace, 0)).isEqualTo("crm:1");
        assertThat(identity(trace, 1)).isEqualTo("cookie:a b");
        assertThat(identity(trace, 2)).isEqualTo("crm:333");
        assertThat(trace.lengthBytesMax()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5 segment-test",
                "x segment-test crm:1",
                "5 dance crm:1",
                "5 segment-test-batch crm:1",
                "5 segment-test crm",
                "-5 segment-test crm:1"
            })
    void aLineThatIsNoneIsNamed(String line) {
        assertThatThrownBy(() -> read("1 segment-test crm:1\n" + line + "\n"))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("trace.txt:2");
    }

    @Test
    void timeGoesForward() {
        assertThatThrownBy(() -> read("5 decide crm:1\n4 decide crm:1\n")).hasMessageContaining("earlier");
        assertThatThrownBy(() -> read("# nothing\n")).hasMessageContaining("no request");
    }

    private Trace read(String text) throws IOException {
        final Path file = folder.resolve("trace.txt");
        Files.writeString(file, text);
        return Trace.read(file);
    }

    private static String identity(Trace trace, int index) {
        final ByteBuffer out = ByteBuffer.allocate(32);
        trace.put(index, out, 4);
        return new String(out.array(), 4, trace.lengthBytes(index), UTF_8);
    }
}
