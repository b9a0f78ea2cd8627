package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.config.ReplicationSettings;
import io.zandloper.server.replication.Message.Standing;
import io.zandloper.server.role.Promotable.RefusedException;
import io.zandloper.server.role.ReplicaList.NotForgottenException;
import io.zandloper.server.role.ReplicationStatus;
import io.zandloper.server.wire.Takeover;
import io.zandloper.storage.ReplicaSettings;
import io.zandloper.storage.Role;
import io.zandloper.storage.SimulatedMachine;
import io.zandloper.storage.SimulatedNode;
import io.zandloper.storage.journal.Durability;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A server as far as it is replication, one life after another: the production's {@link ReplicationNode} over a node. */
final class SimulatedServer {
    static final Duration ACK_TIMEOUT = Duration.ofMillis(500);
    private static final long JOURNAL_BYTES_FOR_SYNC = 60_000;
    private static final int PORT = 7_400;
    /** At a server that does not do what it is for. */
    private static final int OPERATOR_LOOKS_ONE_IN = 60;

    final SimulatedNode node;
    private final NodesSimulation simulation;
    private final SimulatedNetwork network;
    private int ackReplicas;
    /** Who was primary in each term that this server followed, by the term's number. */
    private final Map<Long, Followed> followed = new HashMap<>();

    private @Nullable SimulatedLoop loop;
    private @Nullable ReplicationNode replication;
    private boolean busy;

    /** What came of an order to promote. */
    enum Ordered {
        DONE,
        REFUSED,
        /** The server died in it, and the new term may be open or not. */
        DIED
    }

    private record Followed(long termId, long node) {}

    /** What waited in a life that is over does not go on. */
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    SimulatedServer(
            String host,
            Path root,
            NodesSimulation simulation,
            SimulatedNetwork network,
            SplittableRandom random,
            Role role,
            int ackReplicas) {
        this.node = new SimulatedNode(host, root, random, role, new ReplicaSettings(ackReplicas, ACK_TIMEOUT));
        this.simulation = simulation;
        this.network = network;
        this.ackReplicas = ackReplicas;
    }

    /** From the next start on. */
    void setAckReplicas(int replicas) {
        ackReplicas = replicas;
        node.setReplicas(new ReplicaSettings(replicas, ACK_TIMEOUT));
    }

    /** How many replicas its writes wait for, where it is the primary. */
    int ackReplicas() {
        return ackReplicas;
    }

    String host() {
        return node.name;
    }

    @Nullable
    SimulatedLoop loop() {
        return loop;
    }

    ReplicationNode replication() {
        assertThat(replication).as(host()).isNotNull();
        return replication;
    }

    /** Whether it is in the middle of something that waits for others. */
    boolean isBusy() {
        return busy;
    }

    /** As {@code serve} does, with {@code --replica-of} where {@code primary} is given. The disk may crash in it. */
    void start(@Nullable SimulatedServer primary) {
        node.start(primary == null ? Role.PRIMARY : Role.REPLICA);
        final SimulatedLoop life = new SimulatedLoop(this, network);
        final ReplicationNode started = new ReplicationNode(
                node.storage(),
                new ReplicationSettings(
                        primary == null ? null : InetSocketAddress.createUnresolved(primary.host(), PORT),
                        "",
                        null,
                        ackReplicas,
                        ACK_TIMEOUT,
                        Duration.ofSeconds(10),
                        0,
                        JOURNAL_BYTES_FOR_SYNC,
                        false),
                node.machine.journalFolder,
                node.machine.disk,
                life,
                Takeover.NONE,
                new InTurns(life));
        loop = life;
        replication = started;
        started.start(host(), PORT, PORT + 1);
    }

    /** As a kill, or a power cut, ends it. */
    void kill(boolean powerCut) {
        if (loop != null) {
            network.drop(loop);
            loop.kill();
        }
        loop = null;
        replication = null;
        node.kill(powerCut && node.machine.durability == Durability.FSYNC);
    }

    /** As SIGTERM ends it. */
    void stop() {
        busy = true;
        try {
            replication().close();
            loop = null;
            replication = null;
            node.stop();
        } catch (Gone e) {
            // It was killed while it stopped.
        } finally {
            busy = false;
        }
    }

    /** As {@code promote} does. */
    Ordered promote(boolean force) {
        busy = true;
        try {
            replication().promote(force);
            return Ordered.DONE;
        } catch (RefusedException e) {
            return Ordered.REFUSED;
        } catch (Gone e) {
            return Ordered.DIED;
        } finally {
            busy = false;
        }
    }

    /** As {@code /admin/forget-replica} does; false where it is refused. */
    boolean forget(long lost) {
        busy = true;
        try {
            replication().forget(lost);
            return true;
        } catch (NotForgottenException | Gone e) {
            return false;
        } finally {
            busy = false;
        }
    }

    /** Does something that a disk may end. */
    void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            if (!node.machine.disk.hasCrashed() && !SimulatedMachine.isCauseOf(e)) {
                throw e;
            }
        }
        bury();
    }

    /** Sees to it that a machine that is gone does nothing any more, nor one that only a restart helps. */
    private void bury() {
        if (node.machine.disk.hasCrashed() || (node.isUp() && (replication == null || node.isBroken()))) {
            simulation.onCrash();
            kill(simulation.isPowerCut());
        }
    }

    /** Whether it neither leads nor follows, or says that it has to be started again, as the operator can see. */
    private boolean wantsOperator(SplittableRandom random) {
        if (replication == null || node.isPrimary()) {
            return false;
        }
        final ReplicationStatus.Following following = replication.status().following();
        if (following == null) {
            return random.nextInt(OPERATOR_LOOKS_ONE_IN) == 0; // fenced
        }
        final String refusal = following.problem();
        return refusal != null && (refusal.contains("restart to go on") || random.nextInt(OPERATOR_LOOKS_ONE_IN) == 0);
    }

    /** Some of what there is to do. */
    void step(SplittableRandom random) {
        if (loop != null) {
            loop.work(random);
        }
        if (node.isUp() && random.nextBoolean()) {
            node.step();
        }
        if (!busy && !simulation.isHealing() && wantsOperator(random)) {
            node.mustRestart();
        }
    }

    /** It takes entries, or the state, of whoever said so: nobody but the one primary of a term. */
    void onFollowed(Standing source) {
        final Followed now = new Followed(source.term().id(), source.node());
        final Followed before = followed.put(source.term().number(), now);
        assertThat(before)
                .as("%s follows two primaries of the term %s", host(), source.term())
                .isIn(null, now);
    }

    /** Waits by having everybody go on. */
    private final class InTurns implements Waiting {
        private final SimulatedLoop life;

        InTurns(SimulatedLoop life) {
            this.life = life;
        }

        @Override
        public long nowNanos() {
            return network.nowNanos();
        }

        @Override
        public <T> T get(CompletableFuture<T> future, long millisMax)
                throws InterruptedException, ExecutionException, TimeoutException {
            final long endNanos = nowNanos() + TimeUnit.MILLISECONDS.toNanos(millisMax);
            while (!future.isDone()) {
                if (nowNanos() >= endNanos) {
                    throw new TimeoutException("nothing came");
                }
                turn();
            }
            return future.get();
        }

        @Override
        public void sleep(long millis) {
            final long endNanos = nowNanos() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (nowNanos() < endNanos) {
                turn();
            }
        }

        private void turn() {
            simulation.turn();
            if (life.isDead()) {
                throw new Gone();
            }
        }
    }

    @Override
    public String toString() {
        return replication == null
                ? node.toString()
                : node + " " + replication().status().following();
    }
}
