package io.zandloper.storage;

import io.zandloper.storage.memory.MappedFiles;
import io.zandloper.storage.memory.MappedMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/** Mapped files that take blocks only where they are written, so that there can be thousands; refuses now and then. */
final class SparseMemory implements MappedMemory {
    private final SplittableRandom random;
    private int refusedOneIn;

    SparseMemory(SplittableRandom random) {
        this.random = random;
    }

    /** From now on one new file in so many cannot be made; 0 for none. */
    void refuseOneIn(int count) {
        refusedOneIn = count;
    }

    @Override
    public MemorySegment create(Path file, long lengthBytes, Arena arena) {
        if (refusedOneIn > 0 && random.nextInt(refusedOneIn) == 0) {
            throw new UncheckedIOException("cannot allocate file=" + file, new IOException("No space left on device"));
        }
        try (FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, lengthBytes, arena);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public MemorySegment open(Path file, long lengthBytes, Arena arena) {
        return MappedFiles.open(file, lengthBytes, arena);
    }
}
