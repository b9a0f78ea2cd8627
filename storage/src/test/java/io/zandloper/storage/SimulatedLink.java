package io.zandloper.storage;

import io.zandloper.storage.journal.FellBehindException;
import io.zandloper.storage.journal.JournalBatch;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalFeed;
import io.zandloper.storage.journal.Lineage;
import io.zandloper.storage.journal.Term;
import io.zandloper.storage.snapshot.SnapshotFile;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A connection between a follower and its source: messages come in order, as late as the simulation likes, and are lost when
 * it is cut. The plainest protocol that uses what the storage offers.
 */
final class SimulatedLink {
    private static final long BUDGET_BYTES = 60_000;
    private static final int WINDOW = 6;
    private static final int CHUNK_BYTES = 700;

    final SimulatedNode follower;
    final SimulatedNode source;
    private final SplittableRandom random;
    private final ReplicationSimulation.Counts counts;
    private final ArrayDeque<Runnable> toSource = new ArrayDeque<>();
    private final ArrayDeque<Runnable> toFollower = new ArrayDeque<>();
    private boolean cut;

    // The source's side.
    private long followerId;
    private @Nullable JournalFeed feed;
    private @Nullable CompletableFuture<SnapshotLease> leasing;
    private @Nullable SnapshotLease lease;
    private @Nullable Sending sending;

    // The follower's side.
    private @Nullable CompletableFuture<Follower> taking;
    private @Nullable Follower following;
    private @Nullable SnapshotStaging staging;

    /** What a source needs to know of its follower. */
    private record Hello(long nodeId, String dataSet, boolean blank, Term term, JournalEnd end) {}

    /** Where in which file the sending of a snapshot is. */
    private static final class Sending {
        private final List<SnapshotFile> files;
        private final long[] offsets;

        Sending(List<SnapshotFile> files, long[] offsets) {
            this.files = files;
            this.offsets = offsets;
        }
    }

    SimulatedLink(
            SimulatedNode follower,
            SimulatedNode source,
            SplittableRandom random,
            ReplicationSimulation.Counts counts) {
        this.follower = follower;
        this.source = source;
        this.random = random;
        this.counts = counts;
        final Replication replication = follower.replication();
        final Hello hello = new Hello(
                replication.nodeId(),
                replication.dataSet(),
                replication.isBlank(),
                replication.term(),
                replication.end());
        toSource.add(() -> onHello(hello));
    }

    boolean isCut() {
        return cut;
    }

    boolean isBetween(SimulatedNode one) {
        return follower == one || source == one;
    }

    /** Everything on the way is lost. */
    void cut() {
        if (cut) {
            return;
        }
        cut = true;
        toSource.clear();
        toFollower.clear();
        if (feed != null) {
            feed.close();
        }
        if (lease != null) {
            lease.close();
        }
        if (staging != null && follower.isUp()) {
            try {
                staging.close();
            } catch (StorageException fullOrCrashed) {
                // What is there is looked at again.
            }
        }
    }

    /** Lets one message arrive, or has the source send. */
    void step() {
        final boolean up = random.nextBoolean();
        final Runnable message = up ? toSource.poll() : toFollower.poll();
        if (message != null) {
            message.run();
        } else if (!cut) {
            send();
            takeTerm();
        }
    }

    // The source.

    private void onHello(Hello hello) {
        final Replication replication = source.replication();
        if (replication.role() != Role.PRIMARY) {
            cut();
            return;
        }
        if (hello.term().isNewerThan(replication.term())) {
            counts.fenced++;
            replication.fence();
            cut();
            return;
        }
        if (hello.term().conflictsWith(replication.term())
                || (!hello.blank() && !hello.dataSet().equals(replication.dataSet()))) {
            counts.refused++;
            cut();
            return;
        }
        followerId = hello.nodeId();
        if (hello.dataSet().equals(replication.dataSet())) {
            feed = replication.openFeed(hello.end(), BUDGET_BYTES).feed();
        }
        final Term term = replication.term();
        if (feed != null) {
            toFollower.add(() -> onWelcome(term));
            replication.acknowledgements().onConnected(followerId, hello.end().sequence());
        } else {
            replication.acknowledgements().onLost(followerId);
            leasing = replication.leaseSnapshot(BUDGET_BYTES);
            toFollower.add(() -> onWelcome(term));
        }
    }

    private void send() {
        if (feed != null && toFollower.size() < WINDOW) {
            try {
                final JournalBatch batch = feed.read(200 + random.nextInt(3_000));
                if (batch != null) {
                    final ByteBuffer entries = ReplicationTest.copy(batch.entries());
                    final Lineage lineage = batch.lineage();
                    toFollower.add(() -> onEntries(lineage, entries));
                }
            } catch (FellBehindException e) {
                counts.fellBehind++;
                cut();
            }
        } else if (leasing != null && leasing.isDone()) {
            if (leasing.isCompletedExceptionally()) {
                cut();
                return;
            }
            final SnapshotLease leased = leasing.join();
            leasing = null;
            lease = leased;
            toFollower.add(() -> onOffer(leased.end(), leased.files()));
        } else if (sending != null && lease != null && toFollower.size() < WINDOW) {
            sendChunk(lease, sending);
        }
    }

    private void sendChunk(SnapshotLease from, Sending to) {
        if (!from.isHeld()) {
            counts.fellBehind++;
            cut();
            return;
        }
        for (int i = 0; i < to.offsets.length; i++) {
            final SnapshotFile file = to.files.get(i);
            final long offset = to.offsets[i];
            if (offset < file.lengthBytes()) {
                final ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, file.lengthBytes() - offset));
                from.read(file.name(), offset, chunk);
                to.offsets[i] += chunk.flip().remaining();
                toFollower.add(() -> onChunk(file.name(), offset, chunk));
                return;
            }
        }
        sending = null;
        final List<Lineage> history = source.replication().history();
        final long newest = source.replication().end().sequence();
        toFollower.add(() -> onSent(history, newest));
    }

    // The follower.

    private void onWelcome(Term term) {
        taking = follower.replication().follow(term);
    }

    private void takeTerm() {
        if (taking != null && taking.isDone()) {
            if (taking.isCompletedExceptionally()) {
                cut();
                return;
            }
            following = taking.join();
            taking = null;
            follower.onFollowed(following.term());
        }
    }

    private void onEntries(Lineage lineage, ByteBuffer entries) {
        if (following == null) {
            takeTerm();
            if (following == null) {
                if (!cut) {
                    toFollower.addFirst(() -> onEntries(lineage, entries));
                }
                return;
            }
        }
        following.append(lineage, entries, new Follower.AppendListener() {
            @Override
            public void onDurable(long sequence) {
                if (!cut) {
                    toSource.add(() -> {
                        counts.acknowledged++;
                        source.replication().acknowledgements().onAcknowledged(followerId, sequence);
                    });
                }
            }

            @Override
            public void onRefused(StorageException cause) {
                cut();
            }
        });
    }

    private void onOffer(JournalEnd end, List<SnapshotFile> files) {
        final SnapshotStaging begun = follower.replication().stage(end, files);
        staging = begun;
        final long[] offsets =
                files.stream().mapToLong(file -> begun.lengthBytes(file.name())).toArray();
        toSource.add(() -> sending = new Sending(files, offsets));
    }

    private void onChunk(String name, long offset, ByteBuffer chunk) {
        if (staging != null) {
            staging.append(name, offset, chunk);
        }
    }

    private void onSent(List<Lineage> history, long newest) {
        takeTerm();
        if (following == null) {
            if (!cut) {
                toFollower.addFirst(() -> onSent(history, newest));
            }
            return;
        }
        if (staging == null) {
            throw new AssertionError("everything was sent of what was not begun");
        }
        staging.verify();
        try {
            final Installed installed = follower.replication()
                    .install(staging, follower.replication().commonSequence(history, newest));
            counts.installed++;
            counts.tails += installed.tails().size();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } catch (StorageException e) {
            if (String.valueOf(e.getMessage()).contains("restart to go on")) {
                follower.mustRestart();
            }
            throw e;
        }
        staging = null;
        cut();
    }
}
