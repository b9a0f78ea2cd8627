package io.zandloper.storage;

import io.zandloper.storage.journal.Journal;
import io.zandloper.storage.journal.JournalEntry;
import io.zandloper.storage.journal.JournalException;
import io.zandloper.storage.journal.JournalRefusal;
import io.zandloper.storage.journal.Lineage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * A replica's part of the writer: entries of the primary that is followed go into this journal as they are, and into the
 * tables. Belongs to the writer's thread, but for {@link #offer}.
 */
final class Following {
    /** Taken between one sync of the journal and the next: long enough to share it, short to wait for. */
    private static final int BATCHES_A_TURN_MAX = 16;

    private final ManyToOneConcurrentArrayQueue<Batch> queue =
            new ManyToOneConcurrentArrayQueue<>(Follower.BATCHES_MAX);
    private final Journal journal;
    private final EffectCodec codec;
    private final List<Batch> appended = new ArrayList<>(BATCHES_A_TURN_MAX);
    private volatile @Nullable Follower follower;

    /**
     * Entries that came together.
     *
     * @param lineage of the term of them all
     * @param entries from position to limit, little-endian, nobody else's any more
     */
    record Batch(Follower follower, Lineage lineage, ByteBuffer entries, Follower.AppendListener listener) {}

    Following(Journal journal, EffectCodec codec) {
        this.journal = journal;
        this.codec = codec;
    }

    /** Only this one's entries are taken from now on; null for nobody's. */
    void follow(@Nullable Follower next) {
        follower = next;
    }

    /** Any thread; false where too many wait. */
    boolean offer(Batch batch) {
        return queue.offer(batch);
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /**
     * Appends and applies some of what waits; false where nothing did.
     *
     * @param store applies an effect whose entry is in the journal
     */
    boolean work(Consumer<Effect> store, Runnable ready) {
        boolean worked = false;
        for (int left = BATCHES_A_TURN_MAX; left > 0; left--) {
            final Batch batch = queue.poll();
            if (batch == null) {
                break;
            }
            worked = true;
            append(batch, store, ready);
        }
        return worked;
    }

    private void append(Batch batch, Consumer<Effect> store, Runnable ready) {
        try {
            if (batch.follower() != follower) {
                throw new StorageException("entries of a primary that is not followed any more are not taken");
            }
            ready.run();
            final ByteBuffer entries = batch.entries();
            int offset = entries.position();
            while (offset < entries.limit()) {
                final JournalEntry entry = journal.checkCopy(batch.lineage(), entries, offset);
                final Effect effect = codec.decode(entry); // first, for what cannot be applied must not be kept
                offset += journal.appendCopy(batch.lineage(), entries, offset);
                store.accept(effect);
            }
            appended.add(batch);
        } catch (JournalException e) {
            batch.listener().onRefused(new StorageException(String.valueOf(e.getMessage()), e));
            if (e.isFatal()) {
                throw e;
            }
        } catch (StorageException e) {
            batch.listener().onRefused(e);
        } catch (JournalRefusal | IllegalArgumentException e) {
            batch.listener().onRefused(new StorageException(String.valueOf(e.getMessage()), e));
        } catch (RuntimeException e) {
            batch.listener().onRefused(new StorageException("an entry of the primary cannot be applied: " + e, e));
        }
    }

    /** What was appended is durable. */
    void onDurable() {
        for (final Batch batch : appended) {
            batch.listener().onDurable(journal.durableEnd().sequence());
        }
        appended.clear();
    }

    /** What was appended may not be durable. */
    void onFailed(StorageException cause) {
        appended.forEach(batch -> batch.listener().onRefused(cause));
        appended.clear();
    }

    /** Nothing more is taken. */
    void refuseWaiting(StorageException cause) {
        for (Batch batch = queue.poll(); batch != null; batch = queue.poll()) {
            batch.listener().onRefused(cause);
        }
    }
}
