package io.zandloper.storage.record;

import io.zandloper.storage.epoch.Reclaimer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A store that is filled before anybody reads it: a thread of its own puts the records, in the order in which they come,
 * while the caller gets the next ones. Whatever else is asked waits until all are put. For one thread, until {@link
 * #filled}.
 */
final class RecordFiller implements RecordStore {
    private static final int PIECE_BYTES = 1024 * 1024;

    /** One that is filled, one that is emptied, and some between them, as neither goes on at an even pace. */
    private static final int PIECES = 6;

    /** Whoever looks looks again soon, so as many records are put at once that nothing has to be waited for. */
    private static final int DIRECT_PUTS = 1_000;

    /** A piece without any room ends the thread, and comes back when it has ended. */
    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final RecordStore store;
    private final Reclaimer reclaimer;
    private final BlockingQueue<ByteBuffer> empty = new ArrayBlockingQueue<>(PIECES + 1);
    private final BlockingQueue<ByteBuffer> full = new ArrayBlockingQueue<>(PIECES + 1);
    private final Thread thread = new Thread(this::work, "zandloper-filler");
    private ByteBuffer piece;
    private boolean isStarted;
    /** Not 0: the thread has nothing to do, and so many records do not go to it. */
    private int directPuts;

    private volatile boolean isFilling = true;
    private volatile @Nullable Throwable failure;

    /** @param stores where the store is created that is to be filled */
    RecordFiller(RecordStores stores, Path folder, Reclaimer reclaimer) {
        this.store = stores.create(folder, this::retire);
        this.reclaimer = reclaimer;
        for (int i = 1; i < PIECES; i++) {
            empty.add(newPiece());
        }
        this.piece = newPiece();
    }

    private static ByteBuffer newPiece() {
        return ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.nativeOrder());
    }

    /** As long as nobody reads, what is replaced can go at once. */
    private void retire(Runnable free) {
        if (isFilling) {
            free.run();
        } else {
            reclaimer.retire(free);
        }
    }

    @Override
    public void put(int ordinal, ByteBuffer put) {
        if (directPuts > 0) {
            directPuts--;
            store.put(ordinal, put);
            return;
        }
        final int length = put.remaining();
        if (length > RECORD_BYTES_MAX) {
            throw new IllegalArgumentException("a record too long: length=" + length);
        }
        if (piece.remaining() < 2 * Integer.BYTES + length) {
            handOver();
            piece = take(empty);
        }
        piece.putInt(ordinal).putInt(length).put(piece.position(), put, put.position(), length);
        piece.position(piece.position() + length);
    }

    private void handOver() {
        checkFailure();
        if (!isStarted) {
            isStarted = true;
            thread.start();
        }
        full.add(piece.flip());
    }

    private void checkFailure() {
        final Throwable cause = failure;
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /** Returns when everything has been put. */
    private void settle() {
        if (directPuts == 0) {
            handOver();
            final List<ByteBuffer> all = new ArrayList<>();
            while (all.size() < PIECES) {
                all.add(take(empty));
            }
            piece = all.remove(0);
            empty.addAll(all);
            checkFailure();
        }
        directPuts = DIRECT_PUTS;
    }

    private static ByteBuffer take(BlockingQueue<ByteBuffer> from) {
        try {
            return from.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the start was interrupted", e);
        }
    }

    private void work() {
        for (ByteBuffer next = take(full); isPiece(next); next = take(full)) {
            try {
                if (failure == null) {
                    putAll(next);
                }
            } catch (RuntimeException | Error e) {
                failure = e; // the caller's, when it comes again
            }
            empty.add(next.clear());
        }
        empty.add(END);
    }

    private static boolean isPiece(ByteBuffer taken) {
        return taken.capacity() > 0;
    }

    private void putAll(ByteBuffer records) {
        while (records.hasRemaining()) {
            final int ordinal = records.getInt();
            final int length = records.getInt();
            store.put(ordinal, records.slice(records.position(), length));
            records.position(records.position() + length);
        }
    }

    @Override
    public RecordStore filled() {
        settle();
        stop();
        isFilling = false;
        return store;
    }

    private void stop() {
        if (!isStarted) {
            return;
        }
        isStarted = false;
        full.add(END);
        while (isPiece(take(empty))) {
            // what was full before it
        }
    }

    @Override
    public boolean get(int ordinal, RecordBuffer into) {
        settle();
        return store.get(ordinal, into);
    }

    @Override
    public boolean remove(int ordinal) {
        settle();
        return store.remove(ordinal);
    }

    @Override
    public long size() {
        settle();
        return store.size();
    }

    @Override
    public RecordStoreFill fill() {
        settle();
        return store.fill();
    }

    @Override
    public void force() {
        settle();
        store.force();
    }

    /** Gives up: what was not put yet is not. */
    @Override
    public void close() {
        stop();
        store.close();
    }
}
