package io.zandloper.server.replication;

import io.zandloper.server.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace for each server and one for the switch between them, none with a way out; by another link each server
 * is reached from here.
 *
 * <pre>
 *   here ── clients ─┬─ place 0 ─ servers ─┐
 *                    ├─ place 1 ─ servers ─┼─ switch
 *                    └─ place 2 ─ servers ─┘
 * </pre>
 *
 * All names begin with one that is this process's, and all of it is removed at the end, of the process at the latest.
 */
final class NetworkNamespaces implements ServerNetwork {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final long COMMAND_SECONDS_MAX = 10;
    /** Of the addresses that are for measuring networks, and nobody's. */
    private static final String SERVERS = "198.18.0.";

    private static final String CLIENTS = "198.19.";
    /** Four addresses for each place. */
    private static final int PLACES_MAX = 4;

    private static final List<String> SLOWINGS =
            List.of("netem delay 20ms 5ms", "tbf rate 1mbit burst 16kb latency 400ms");

    private final int places;
    private final String name = "zl" + Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX)
            + Integer.toString(COUNT.getAndIncrement(), Character.MAX_RADIX);
    private final String switchName = name + "s";
    private final List<String> namespaces = new ArrayList<>();
    /** What takes away what was made, the last first. */
    private final List<String> removals = new ArrayList<>();

    private final Thread hook = new Thread(this::remove, "remove-namespaces");
    private @Nullable String slowing;

    private NetworkNamespaces(int places) {
        this.places = places;
    }

    /** @throws IOException where that cannot be done here, and why */
    static NetworkNamespaces open(int places) throws IOException, InterruptedException {
        if (places > PLACES_MAX) {
            throw new IllegalArgumentException("too many places: " + places);
        }
        final NetworkNamespaces made = new NetworkNamespaces(places);
        Runtime.getRuntime().addShutdownHook(made.hook);
        boolean whole = false;
        try {
            made.make();
            whole = true;
        } finally {
            if (!whole) {
                made.remove();
                Runtime.getRuntime().removeShutdownHook(made.hook);
            }
        }
        return made;
    }

    private void make() throws IOException, InterruptedException {
        addNamespace(switchName);
        run("ip -n " + switchName + " link add switch type bridge");
        run("ip -n " + switchName + " link set switch up");
        for (int place = 0; place < places; place++) {
            final String namespace = namespace(place);
            addNamespace(namespace);
            run("ip -n " + namespace + " link set lo up");
            run("ip -n " + switchName + " link add " + port(place) + " type veth peer name servers netns " + namespace);
            run("ip -n " + switchName + " link set " + port(place) + " master switch up");
            run("ip -n " + namespace + " addr add " + SERVERS + (place + 1) + "/24 dev servers");
            run("ip -n " + namespace + " link set servers up");
            run("ip link add " + namespace + " type veth peer name clients netns " + namespace);
            removals.add("ip link del " + namespace);
            run("ip addr add " + clientAddress(place, 1) + "/30 dev " + namespace);
            run("ip link set " + namespace + " up");
            run("ip -n " + namespace + " addr add " + clientAddress(place, 2) + "/30 dev clients");
            run("ip -n " + namespace + " link set clients up");
        }
        for (final String candidate : SLOWINGS) {
            if (slowing == null
                    && tryToRun(
                            "ip netns exec " + switchName + " tc qdisc add dev " + port(0) + " root " + candidate)) {
                slowing = candidate;
                hurry(0);
            }
        }
    }

    private void addNamespace(String namespace) throws IOException, InterruptedException {
        run("ip netns add " + namespace);
        namespaces.add(namespace);
        removals.add("ip netns del " + namespace);
    }

    private String namespace(int place) {
        return name + place;
    }

    /** Of the switch, to a place. */
    private static String port(int place) {
        return "place" + place;
    }

    /** Runs at the same time have other ones, as their processes have other numbers. */
    private static String clientAddress(int place, int host) {
        final long run = ProcessHandle.current().pid() % (0x10000 / (4 * PLACES_MAX));
        final long low = run * 4 * PLACES_MAX + 4L * place + host;
        return CLIENTS + (low >> 8) + "." + (low & 0xFF);
    }

    @Override
    public String description() {
        return places + " network namespaces, links cut by ip, "
                + (slowing == null ? "nothing slowed (the kernel has no netem and no tbf)" : "slowed by tc " + slowing);
    }

    @Override
    public ServerProcess lead(int place, Path dataFolder, String... options) throws Exception {
        return ServerProcess.serve(
                new ServerProcess.Place(List.of("ip", "netns", "exec", namespace(place)), clientAddress(place, 2)),
                dataFolder,
                Stream.concat(Stream.of("--host", "0.0.0.0", "--insecure"), Stream.of(options))
                        .toArray(String[]::new));
    }

    @Override
    public ServerProcess follow(int place, Path dataFolder, int primaryPlace, ServerProcess primary, String... options)
            throws Exception {
        return lead(
                place,
                dataFolder,
                Stream.concat(
                                Stream.of("--replica-of", SERVERS + (primaryPlace + 1) + ":" + primary.binaryPort()),
                                Stream.of(options))
                        .toArray(String[]::new));
    }

    @Override
    public boolean cutsEverything() {
        return true;
    }

    @Override
    public void cut(int place) throws IOException, InterruptedException {
        run("ip -n " + switchName + " link set " + port(place) + " down");
    }

    @Override
    public void heal(int place) throws IOException, InterruptedException {
        run("ip -n " + switchName + " link set " + port(place) + " up");
    }

    @Override
    public void slow(int place) throws IOException, InterruptedException {
        if (slowing != null) {
            run("ip netns exec " + switchName + " tc qdisc replace dev " + port(place) + " root " + slowing);
        }
    }

    @Override
    public void hurry(int place) throws IOException, InterruptedException {
        if (slowing != null) {
            run("ip netns exec " + switchName + " tc qdisc del dev " + port(place) + " root");
        }
    }

    // ---- End -----------------------------------------------------------------------------------------------------

    /** Processes that are still there, too: the namespaces are nobody else's. What could not be removed is told. */
    private synchronized List<String> remove() {
        final List<String> failures = new ArrayList<>();
        try {
            for (final String namespace : namespaces) {
                for (final String pid : run("ip netns pids " + namespace).split("\\s+", -1)) {
                    if (!pid.isEmpty()) {
                        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
                    }
                }
            }
            while (!removals.isEmpty()) {
                final String removal = removals.remove(removals.size() - 1);
                if (!tryToRun(removal)) {
                    failures.add(removal);
                }
            }
        } catch (IOException e) {
            failures.add(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.add("interrupted before " + removals);
        }
        return failures;
    }

    @Override
    public void close() throws IOException {
        final List<String> failures = remove();
        if (!failures.isEmpty()) {
            throw new IOException("network namespaces " + name + "* may be left behind: " + failures);
        }
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    private static boolean tryToRun(String command) throws InterruptedException {
        try {
            run(command);
            return true;
        } catch (IOException unavailable) {
            return false;
        }
    }

    /** What it printed. */
    private static String run(String command) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command.split(" ", -1))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + ": not in time");
        }
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.exitValue() != 0) {
            throw new IOException(command + ": " + output);
        }
        return output;
    }
}
