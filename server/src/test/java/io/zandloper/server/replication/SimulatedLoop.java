package io.zandloper.server.replication;

import io.zandloper.storage.SteppedExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** What replication runs on in one life of a server: tasks that are done when the simulation says, on its one thread. */
final class SimulatedLoop implements ReplicationLoop {
    private final SimulatedServer server;
    private final SimulatedNetwork network;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::dueNanos).thenComparingLong(Timer::number));
    private final List<SteppedExecutor> slowThreads = new ArrayList<>();
    private @Nullable Acceptor acceptor;
    private long timersMade;
    private boolean dead;

    private record Timer(long dueNanos, long number, Runnable task) {}

    SimulatedLoop(SimulatedServer server, SimulatedNetwork network) {
        this.server = server;
        this.network = network;
    }

    SimulatedServer server() {
        return server;
    }

    @Nullable
    Acceptor acceptor() {
        return acceptor;
    }

    /** Nothing happens on it any more. */
    void kill() {
        dead = true;
        tasks.clear();
        timers.clear();
        slowThreads.clear();
    }

    boolean isDead() {
        return dead;
    }

    /** Does what is due, and perhaps something of what takes long. */
    void work(SplittableRandom random) {
        while (!dead && !timers.isEmpty() && timers.peek().dueNanos() <= network.nowNanos()) {
            timers.remove().task().run();
        }
        for (int left = tasks.size(); left > 0 && !dead; left--) {
            tasks.remove().run();
        }
        if (!dead && !slowThreads.isEmpty() && random.nextInt(4) == 0) {
            slowThreads.removeIf(SteppedExecutor::isDone);
            for (final SteppedExecutor thread : List.copyOf(slowThreads)) {
                thread.runTask();
            }
        }
    }

    @Override
    public void execute(Runnable task) {
        if (!dead) {
            tasks.add(task);
        }
    }

    @Override
    public long nowNanos() {
        return network.nowNanos();
    }

    @Override
    public void schedule(Runnable task, long delayNanos) {
        if (!dead) {
            timersMade++;
            timers.add(new Timer(nowNanos() + delayNanos, timersMade, task));
        }
    }

    @Override
    public void connect(InetSocketAddress to, int frameBytesMax, long millisMax, Caller caller) {
        network.connect(this, to.getHostString(), millisMax, caller);
    }

    @Override
    public void listen(Acceptor listening) {
        acceptor = listening;
    }

    @Override
    public ExecutorService newSlowThread(String name) {
        final SteppedExecutor thread = new SteppedExecutor();
        slowThreads.add(thread);
        return thread;
    }

    @Override
    public void close() {
        network.drop(this);
        kill();
    }
}
