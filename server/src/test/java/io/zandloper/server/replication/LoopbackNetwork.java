package io.zandloper.server.replication;

import io.zandloper.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** All servers on loopback; a replica reaches its first primary over a proxy. */
final class LoopbackNetwork implements ServerNetwork {
    private record Link(int follower, int source, FaultyLink between) {
        boolean isOf(int place) {
            return follower == place || source == place;
        }
    }

    private final String reason;
    private final List<Link> links = new ArrayList<>();

    /** @param reason why it is this one */
    LoopbackNetwork(String reason) {
        this.reason = reason;
    }

    @Override
    public String description() {
        return "proxies on loopback, nothing slowed (no network namespaces: " + reason + ")";
    }

    @Override
    public ServerProcess lead(int place, Path dataFolder, String... options) throws Exception {
        return ServerProcess.serve(dataFolder, options);
    }

    @Override
    public ServerProcess follow(int place, Path dataFolder, int primaryPlace, ServerProcess primary, String... options)
            throws Exception {
        final Link link = new Link(place, primaryPlace, new FaultyLink(primary.binaryPort()));
        links.add(link);
        return ServerProcess.serve(
                dataFolder,
                Stream.concat(Stream.of("--replica-of", link.between().address()), Stream.of(options))
                        .toArray(String[]::new));
    }

    @Override
    public boolean cutsEverything() {
        return false;
    }

    @Override
    public void cut(int place) {
        links.stream()
                .filter(link -> link.isOf(place))
                .forEach(link -> link.between().cut());
    }

    @Override
    public void heal(int place) {
        links.stream()
                .filter(link -> link.isOf(place))
                .forEach(link -> link.between().heal());
    }

    @Override
    public void slow(int place) {
        // Said in the description.
    }

    @Override
    public void hurry(int place) {
        // Likewise.
    }

    @Override
    public void close() throws IOException {
        for (final Link link : links) {
            link.between().close();
        }
    }
}
