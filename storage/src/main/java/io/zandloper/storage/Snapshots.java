package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalFiles;
import io.zandloper.storage.journal.JournalReader;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import io.zandloper.storage.snapshot.SnapshotSource;
import io.zandloper.storage.snapshot.SnapshotWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Takes snapshots on a thread of its own, and lets go of older ones and of the journal that none of the kept ones needs.
 */
final class Snapshots implements AutoCloseable {
    /** Two, so that damage to one loses nothing. */
    private static final int KEPT = 2;

    private static final long STOP_SECONDS_MAX = 600;

    private final DataFolder folder;
    private final Disk disk;
    private final Path journalFolder;
    private final Path snapshots;
    private final MicrosClock clock;
    private final Source source;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "zandloper-snapshot"));
    private volatile boolean closing;

    Snapshots(DataFolder folder, MicrosClock clock, Writer writer, StorageReader reader) {
        this.folder = folder;
        this.disk = folder.platform().disk();
        this.journalFolder = folder.journalFolder();
        this.snapshots = JournalFolder.snapshots(journalFolder);
        this.clock = clock;
        this.source = new Source(writer, reader);
    }

    /** Reads records one by one, so that it never holds memory for long. */
    private final class Source implements SnapshotSource {
        private final Writer writer;
        private final StorageReader reader;

        Source(Writer writer, StorageReader reader) {
            this.writer = writer;
            this.reader = reader;
        }

        @Override
        public Moment moment() throws InterruptedException {
            try {
                return writer.moment().get();
            } catch (ExecutionException e) {
                throw new StorageException("no snapshot could be taken: " + e.getMessage(), e);
            }
        }

        @Override
        public boolean readProfile(int ordinal, RowBits row, RecordBuffer record) {
            if (closing) {
                throw new StorageException("the server is stopping; no snapshot was taken");
            }
            final View view = reader.enter();
            try {
                return view.readRow(ordinal, row) && view.readRecord(ordinal, record);
            } finally {
                reader.leave();
            }
        }
    }

    /** Takes one; the future has its folder, or a {@link StorageException}. Any thread. */
    CompletableFuture<Path> take() {
        final CompletableFuture<Path> taken = new CompletableFuture<>();
        try {
            thread.execute(() -> take(taken));
        } catch (RejectedExecutionException e) {
            taken.completeExceptionally(new StorageException("the server is stopping; no snapshot was taken", e));
        }
        return taken;
    }

    private void take(CompletableFuture<Path> taken) {
        try {
            final JournalReader journal = new JournalReader(disk, journalFolder);
            final Path path = new SnapshotWriter(
                            disk,
                            source,
                            journal,
                            snapshots,
                            JournalFolder.ledger(journalFolder),
                            folder.identityKey(),
                            clock::nowMicros)
                    .take();
            retain();
            taken.complete(path);
        } catch (StorageException e) {
            taken.completeExceptionally(e);
        } catch (UncheckedIOException e) {
            taken.completeExceptionally(new StorageException(e.getMessage() + ": " + String.valueOf(e.getCause()), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            taken.completeExceptionally(new StorageException("the snapshot was interrupted", e));
        } catch (RuntimeException e) {
            taken.completeExceptionally(new StorageException(String.valueOf(e.getMessage()), e));
        }
    }

    private void retain() {
        final List<Path> complete = SnapshotFiles.complete(disk, snapshots);
        complete.stream().skip(KEPT).forEach(old -> SnapshotFiles.remove(disk, old));
        if (complete.size() >= KEPT) {
            final JournalEnd covered =
                    SnapshotManifest.read(disk, complete.get(KEPT - 1)).end();
            JournalFiles.deleteCovered(disk, journalFolder, covered.sequence());
        }
    }

    /** Gives up a snapshot that is being taken. */
    @Override
    public void close() {
        closing = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new StorageException("a snapshot does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        source.reader.close();
    }
}
