package io.zandloper.benchmarks.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Where a receiver leaves what comes: a file, on the disk as often as a replica has it there, or nowhere. */
final class SnapshotSink implements AutoCloseable {
    /** Written between one sync and the next, as a replica does. */
    private static final long SYNC_BYTES = 64L * 1024 * 1024;

    private final @Nullable FileChannel file;
    private final LongAdder bytes = new LongAdder();
    private long unsyncedBytes;

    private SnapshotSink(@Nullable FileChannel file) {
        this.file = file;
    }

    static SnapshotSink nothing() {
        return new SnapshotSink(null);
    }

    /** What was there before is gone. */
    static SnapshotSink file(Path path) throws IOException {
        return new SnapshotSink(FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
    }

    /** Takes what is from position to limit. */
    void write(ByteBuffer chunk) throws IOException {
        bytes.add(chunk.remaining());
        if (file == null) {
            return;
        }
        unsyncedBytes += chunk.remaining();
        while (chunk.hasRemaining()) {
            file.write(chunk);
        }
        if (unsyncedBytes >= SYNC_BYTES) {
            sync();
        }
    }

    /** That it was given. Any thread. */
    long bytes() {
        return bytes.sum();
    }

    /** Returns when all of it is on the disk. */
    void sync() throws IOException {
        if (file != null) {
            file.force(false);
            unsyncedBytes = 0;
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
