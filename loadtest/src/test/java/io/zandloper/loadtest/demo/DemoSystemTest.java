package io.zandloper.loadtest.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user sees it: real processes, real sockets, a small bank. */
@Timeout(300)
final class DemoSystemTest {
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    private Path folder;

    @BeforeEach
    void needTheServer() {
        assumeTrue(DemoProcess.canRun(), "the server has not been packaged");
    }

    @Test
    void showsTheMainJobAndLeavesNothing() throws Exception {
        final Set<String> strangers = new HashSet<>();
        try (DemoProcess demo = new DemoProcess(folder, "--profiles", "2000", "--seconds", "1")) {
            while (demo.isRunning()) {
                if (Sockets.canBeSeen()) {
                    strangers.addAll(Sockets.remotesBeyondLoopback(demo.family()));
                }
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
            }
            assertThat(demo.exitCode(1)).as(demo.output()).isZero();
            assertThat(demo.output())
                    .contains("importing [##############################] 100 %  2,000 of 2,000")
                    .contains("Decision 1:", "Decision 2:", "Decision 3:")
                    .contains("→ no longer offered: SUPPRESSED")
                    .contains("ELIGIBILITY", "CONSENT", "OUTRANKED")
                    .contains("p50", "p99.99", "throughput:", "0 errors");
            assertThat(demo.leftovers()).isEmpty();
            assertThat(strangers).as("connections to other machines").isEmpty();
        }
    }

    @Test
    void staysUntilItIsToldToGoAndTakesItsServerAlong() throws Exception {
        try (DemoProcess demo = new DemoProcess(folder, "--profiles", "1000", "--seconds", "1", "--stay")) {
            while (demo.isRunning() && !demo.output().contains("serving until Ctrl-C")) {
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
            }
            assertThat(demo.isRunning()).as(demo.output()).isTrue();
            final List<ProcessHandle> family = demo.family();
            assertThat(family).hasSizeGreaterThan(1);
            assertThat(demo.leftovers()).hasSize(1);
            demo.handle().destroy();
            demo.exitCode(60);
            assertThat(family).noneMatch(ProcessHandle::isAlive);
            assertThat(demo.leftovers()).isEmpty();
        }
    }

    @Test
    void aServerThatDiesIsOneSentence() throws Exception {
        try (DemoProcess demo = new DemoProcess(folder, "--profiles", "1000", "--seconds", "1", "--seed", "9")) {
            while (demo.isRunning() && demo.handle().descendants().findAny().isEmpty()) {
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
            }
            demo.handle().descendants().forEach(ProcessHandle::destroyForcibly);
            assertThat(demo.exitCode(60)).isEqualTo(1);
            assertThat(demo.output().lines().filter(line -> line.startsWith("demo: ")))
                    .hasSize(1);
            assertThat(demo.leftovers()).isEmpty();
        }
    }
}
