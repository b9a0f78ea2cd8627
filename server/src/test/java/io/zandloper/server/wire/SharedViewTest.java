package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a view has reached is said of when it was opened. */
final class SharedViewTest {
    @TempDir
    private Path folder;

    private final AtomicBoolean sharesHistory = new AtomicBoolean(true);
    private RunningBinaryServer server;
    private SharedView shared;

    @BeforeEach
    void start() {
        server = new RunningBinaryServer(folder);
        shared = new SharedView(server.storage(), () -> RunningBinaryServer.START_MICROS, sharesHistory::get);
    }

    @AfterEach
    void stop() {
        shared.close();
        server.close();
    }

    private long put(int person) {
        RunningBinaryServer.put(server.storage(), "{\"identities\":[\"crm:" + person + "\"]}");
        return server.storage().sequence();
    }

    @Test
    void aLaterChangeIsReachedByALaterView() {
        final long before = put(1);
        shared.open();
        final long after = put(2);
        shared.open();
        assertThat(shared.reaches(before)).isTrue();
        assertThat(shared.reaches(after)).isFalse();
        shared.end();
        shared.open();
        assertThat(shared.reaches(after)).isTrue();
    }

    @Test
    void aViewOfChangesThatNobodyElseMayHaveReachesNothingWhateverIsFoundLater() {
        final long sequence = put(1);
        sharesHistory.set(false);
        shared.open();
        sharesHistory.set(true);
        assertThat(shared.reaches(sequence)).isFalse();
        shared.end();
        shared.open();
        assertThat(shared.reaches(sequence)).isTrue();
    }
}
