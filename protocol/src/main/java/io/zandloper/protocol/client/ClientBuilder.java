package io.zandloper.protocol.client;

import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How to connect. What is not said has a default that suits most; every wait and every queue has a bound. */
public final class ClientBuilder {
    private static final Duration TIME_MAX = Duration.ofDays(1);

    private final List<ServerAddress> addresses;
    private String clientName = ClientSettings.CLIENT_NAME;
    private @Nullable String credentials;
    private int connections = 1;
    private int callsInFlightMax = ClientSettings.CALLS_IN_FLIGHT_MAX;
    private long bytesInFlightMax = ClientSettings.BYTES_IN_FLIGHT_MAX;
    private Duration deadline = ClientSettings.DEADLINE;
    private ReadPreference readPreference = ReadPreference.PRIMARY;
    private Duration connectTimeout = ClientSettings.CONNECT_TIMEOUT;
    private Duration reconnectMin = ClientSettings.RECONNECT_MIN;
    private Duration reconnectMax = ClientSettings.RECONNECT_MAX;
    private Duration checkInterval = ClientSettings.CHECK_INTERVAL;

    ClientBuilder(List<ServerAddress> addresses) {
        if (addresses.isEmpty() || addresses.size() > ClientSettings.ADDRESSES_MAX) {
            throw new IllegalArgumentException(
                    "1 to " + ClientSettings.ADDRESSES_MAX + " servers, addresses=" + addresses.size());
        }
        this.addresses = List.copyOf(addresses);
    }

    /** What the server's log calls this client. */
    public ClientBuilder clientName(String name) {
        clientName = name;
        return this;
    }

    /** What the servers ask for, where they do. */
    public ClientBuilder credentials(String text) {
        credentials = text;
        return this;
    }

    /** Connections to each server, over which calls are spread in turn; each has an event loop of its own. Default 1. */
    public ClientBuilder connections(int count) {
        connections = positive(count, "connections");
        return this;
    }

    /** Calls of one event loop that may wait, for a server or for their answers. Default 1024. */
    public ClientBuilder callsInFlightMax(int count) {
        callsInFlightMax = positive(count, "callsInFlightMax");
        return this;
    }

    /** What the requests of these calls may take together. Default 64 MiB. */
    public ClientBuilder bytesInFlightMax(int lengthBytes) {
        bytesInFlightMax = positive(lengthBytes, "bytesInFlightMax");
        return this;
    }

    /** See {@link ZandloperClient#withDeadline}. */
    public ClientBuilder deadline(Duration callDeadline) {
        deadline = callDeadline;
        return this;
    }

    /** See {@link ZandloperClient#withReadPreference}. */
    public ClientBuilder readPreference(ReadPreference preference) {
        readPreference = preference;
        return this;
    }

    /**
     * How long one attempt to connect may take, the look-up of a host's name aside, and how long a hello may be without an answer.
     * Default 5 seconds.
     */
    public ClientBuilder connectTimeout(Duration timeout) {
        connectTimeout = positive(timeout, "connectTimeout");
        return this;
    }

    /**
     * The longest pause after the first lost connection and the longest at all; a server that refuses again and again is
     * avoided for as long. Default 20 ms and 2 s.
     */
    public ClientBuilder reconnectPauses(Duration min, Duration max) {
        reconnectMin = positive(min, "reconnectMin");
        reconnectMax = positive(max, "reconnectMax");
        return this;
    }

    /** How often each server is asked whether it is there and what it is, by a hello. Default 5 seconds. */
    public ClientBuilder checkInterval(Duration interval) {
        checkInterval = positive(interval, "checkInterval");
        return this;
    }

    /**
     * Connects to all servers and waits until one has answered hello; the others follow when they can.
     *
     * @throws ZandloperException where none does
     */
    public ZandloperClient connect() {
        final ClientSettings settings = new ClientSettings(
                addresses,
                clientName,
                credentials,
                connections,
                callsInFlightMax,
                bytesInFlightMax,
                connectTimeout,
                reconnectMin,
                reconnectMax,
                checkInterval);
        final CallOptions options = new CallOptions(deadline, 0, readPreference);
        final Transport transport = Transport.best();
        final EventLoopGroup group = transport.eventLoops(connections);
        final List<ClientLoop> loops = new ArrayList<>(connections);
        for (int i = 0; i < connections; i++) {
            loops.add(new ClientLoop(group.next(), transport, settings, RandomGenerator.getDefault()));
        }
        final ZandloperClient client = new ZandloperClient(group, loops, options);
        try {
            final List<CompletableFuture<ServerInfo>> started =
                    loops.stream().map(ClientLoop::start).toList();
            started.forEach(hello -> BlockingClient.await(hello, false));
        } catch (RuntimeException failed) {
            client.close();
            throw failed;
        }
        return client;
    }

    private static int positive(int count, String name) {
        if (count < 1) {
            throw new IllegalArgumentException("less than 1, " + name + "=" + count);
        }
        return count;
    }

    private static Duration positive(Duration time, String name) {
        if (time.isNegative() || time.isZero() || time.compareTo(TIME_MAX) > 0) {
            throw new IllegalArgumentException("longer than nothing and at most a day, " + name + "=" + time);
        }
        return time;
    }
}
