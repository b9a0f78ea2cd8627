package io.zandloper.storage.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Where mapped tables get their memory: {@link MappedFiles}, or, in a test, one that refuses when it is told to. Errors of
 * the disk are {@link java.io.UncheckedIOException}s.
 */
public interface MappedMemory {
    /** Files that are allocated in full. */
    MappedMemory FILES = new MappedMemory() {
        @Override
        public MemorySegment create(Path file, long lengthBytes, Arena arena) {
            return MappedFiles.create(file, lengthBytes, arena);
        }

        @Override
        public MemorySegment open(Path file, long lengthBytes, Arena arena) {
            return MappedFiles.open(file, lengthBytes, arena);
        }
    };

    /**
     * Zeros of a fixed length under a name, in place of what has the name, mapped for reading and writing as long as the
     * arena lives.
     */
    MemorySegment create(Path file, long lengthBytes, Arena arena);

    /**
     * Maps what {@link #create} made.
     *
     * @throws io.zandloper.storage.format.CorruptFileException when its length is another
     */
    MemorySegment open(Path file, long lengthBytes, Arena arena);
}
