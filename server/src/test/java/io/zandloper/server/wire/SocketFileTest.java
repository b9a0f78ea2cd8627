package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.protocol.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The file of a Unix domain socket: whose it is, who may use it, and that nothing of somebody else's is removed. */
final class SocketFileTest {
    @TempDir
    private Path folder;

    private static void bindAndLeaveLying(Path file) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(file));
        }
        assertThat(file).exists();
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> SocketFile.makeRoom(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatADeadServerLeftIsRemoved() throws IOException {
        final Path file = folder.resolve("socket");
        bindAndLeaveLying(file);
        SocketFile.check(file);
        assertThat(file).exists();
        SocketFile.makeRoom(file);
        assertThat(file).doesNotExist();
        SocketFile.makeRoom(file);
    }

    @Test
    void whatALivingServerListensOnIsNot() throws IOException {
        final Path file = folder.resolve("socket");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            // One that does not accept: soon its queue is full.
            listener.bind(UnixDomainSocketAddress.of(file), 1);
            for (int i = 0; i < 4; i++) {
                assertRefused(file, "another server listens on " + file);
            }
            assertThat(file).exists();
        }
    }

    @Test
    void whatIsNoSocketStays() throws IOException {
        final Path file = Files.writeString(folder.resolve("file"), "mine", StandardCharsets.UTF_8);
        assertRefused(file, file + " is no socket and stays");
        assertRefused(folder, folder + " is no socket and stays");
        final Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        assertRefused(link, link + " is no socket and stays");
        assertThat(file).hasContent("mine");
    }

    @Test
    void aPathThatIsTooLongAndAFolderThatIsNotThereAreNamed() {
        final Path longest = folder.resolve(
                "s".repeat(SocketFile.PATH_BYTES_MAX - folder.toString().length() - 1));
        assertThat(longest.toString()).hasSize(SocketFile.PATH_BYTES_MAX);
        assertThat(longest).satisfies(SocketFile::check);
        assertRefused(Path.of(longest + "s"), "at most 106 bytes, and " + longest + "s has 107");
        assertRefused(folder.resolve("none").resolve("socket"), "the folder of the socket");
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL_UNIX", "IO_URING_UNIX", "NIO_UNIX"})
    void aServerListensOnTheLongestPathAndTakesItsFileAway(Route route) throws IOException {
        final TransportConfig config = route.open(folder);
        final Path file = folder.resolve(
                "s".repeat(SocketFile.PATH_BYTES_MAX - folder.toString().length() - 1));
        bindAndLeaveLying(file);
        final TransportConfig longest = new TransportConfig(config.transport(), 1, false, file);
        try (RunningBinaryServer server =
                new RunningBinaryServer(folder.resolve("a"), null, RunningBinaryServer.PATIENT, longest)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-rw----");
            try (RawClient client = new RawClient(server)) {
                client.write(RawClient.ping(1));
                assertThat(client.read().status()).isSameAs(Status.OK);
            }
            assertThatThrownBy(() ->
                            new RunningBinaryServer(folder.resolve("b"), null, RunningBinaryServer.PATIENT, longest))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("another server listens on " + file);
            try (RawClient client = new RawClient(server)) {
                client.write(RawClient.ping(2));
                assertThat(client.read().status()).isSameAs(Status.OK);
            }
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void aFileThatIsAnothersByNowStays() throws IOException {
        final Path file = folder.resolve("socket");
        bindAndLeaveLying(file);
        final SocketFile first = SocketFile.listenedOn(file);
        Files.move(file, folder.resolve("moved"));
        bindAndLeaveLying(file);
        first.remove();
        assertThat(file).exists();
        Files.delete(file);
        first.remove();
    }
}
