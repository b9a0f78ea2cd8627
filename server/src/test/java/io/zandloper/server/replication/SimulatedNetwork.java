package io.zandloper.server.replication;

import java.net.ConnectException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The ways between servers, and the one clock of them all. */
final class SimulatedNetwork {
    private static final long LATENCY_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);

    private final SplittableRandom random;
    private final Map<String, SimulatedServer> servers = new TreeMap<>();
    private final List<SimulatedSocket> sockets = new ArrayList<>();
    private final Set<Way> blocked = new HashSet<>();
    private long nowNanos;

    private record Way(SimulatedServer from, SimulatedServer to) {}

    SimulatedNetwork(SplittableRandom random) {
        this.random = random;
    }

    void add(SimulatedServer server) {
        servers.put(server.host(), server);
    }

    long nowNanos() {
        return nowNanos;
    }

    void pass(long nanos) {
        nowNanos += nanos;
    }

    /** Nothing gets from one to the other, and nobody hears why. */
    void block(SimulatedServer from, SimulatedServer to) {
        blocked.add(new Way(from, to));
    }

    void unblock() {
        blocked.clear();
    }

    void connect(SimulatedLoop from, String host, long millisMax, ReplicationLoop.Caller caller) {
        from.schedule(() -> reach(from, servers.get(host), millisMax, caller), random.nextLong(LATENCY_NANOS_MAX));
    }

    private void reach(SimulatedLoop from, SimulatedServer to, long millisMax, ReplicationLoop.Caller caller) {
        if (isBlocked(from.server(), to) || isBlocked(to, from.server())) {
            from.schedule(
                    () -> caller.onFailed(new ConnectException("no answer")), TimeUnit.MILLISECONDS.toNanos(millisMax));
            return;
        }
        final SimulatedLoop other = to.loop();
        final ReplicationLoop.Acceptor acceptor = other == null ? null : other.acceptor();
        if (other == null || acceptor == null) {
            caller.onFailed(new ConnectException("refused"));
            return;
        }
        final SimulatedSocket socket = new SimulatedSocket(from, other);
        sockets.add(socket);
        other.execute(() -> socket.accepted.receive(
                acceptor.onAccepted(socket.accepted, from.server().host())));
        socket.caller.receive(caller.onConnected(socket.caller));
    }

    private boolean isBlocked(SimulatedServer from, SimulatedServer to) {
        return blocked.contains(new Way(from, to));
    }

    /** Lets some of what is under way arrive, each connection by itself. */
    void deliver() {
        for (final SimulatedSocket socket : List.copyOf(sockets)) {
            deliver(socket.caller);
            deliver(socket.accepted);
        }
        sockets.removeIf(SimulatedSocket::isGone);
    }

    private void deliver(SimulatedSocket.End to) {
        final SimulatedServer server = to.loop.server();
        if (random.nextInt(3) != 0 && !isBlocked(to.peerLoop().server(), server)) {
            server.run(() -> to.deliver(random));
        }
    }

    /** False where there is no connection to cut. */
    boolean cutSome() {
        if (sockets.isEmpty()) {
            return false;
        }
        sockets.get(random.nextInt(sockets.size())).cut(random);
        return true;
    }

    /** Whoever is connected to it hears of the end, some time. */
    void drop(SimulatedLoop loop) {
        for (final SimulatedSocket socket : sockets) {
            if (socket.caller.loop == loop) {
                socket.caller.vanish(random);
            } else if (socket.accepted.loop == loop) {
                socket.accepted.vanish(random);
            }
        }
    }
}
