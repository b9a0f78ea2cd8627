package io.zandloper.benchmarks.storage;

import io.zandloper.storage.epoch.Reclaimer;
import io.zandloper.storage.memory.MappedFiles;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.record.RecordStore;
import io.zandloper.storage.record.RecordStoreFill;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A prototype, to be measured against Chronicle Map and used nowhere else: records one behind the other in mapped pieces,
 * and a word for each ordinal that says where its record lies and how long it is.
 *
 * <p>The word is published by a release store, when the record is complete; a reader loads it and copies, without a lock
 * and once. A replaced record stays as it was until every reader has passed an epoch; then it becomes zeros, and its
 * place one of the free ones of its length, which are chained by their own first bytes.
 *
 * <p>What it lacks of a store to be relied on: it cannot be opened again, and never gives a piece back.
 */
final class RecordArea implements RecordStore {
    private static final int UNIT_SHIFT = 3;
    private static final int PIECE_SHIFT = 22;
    private static final int UNITS_PER_PIECE = 1 << (PIECE_SHIFT - UNIT_SHIFT);
    private static final int UNITS_MAX = RECORD_BYTES_MAX >> UNIT_SHIFT;

    private static final int WORDS_SHIFT = 16;
    private static final int WORDS_MASK = (1 << WORDS_SHIFT) - 1;

    /** Of a word, at its lower end; above it lies the number of the unit at which the record begins. */
    private static final int LENGTH_BITS = 20;

    private static final long LENGTH_MASK = (1L << LENGTH_BITS) - 1;

    private static final VarHandle LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final Path folder;
    private final Reclaimer reclaimer;
    private final Arena arena = Arena.ofShared();
    /** The first free place of each length in units; 0, which is no place, for none. */
    private final long[] freePlaces = new long[UNITS_MAX + 1];

    private final BitSet freeLengths = new BitSet();
    private long nextUnit = 1;
    private long records;
    private long bytes;
    private volatile MemorySegment[] pieces = new MemorySegment[0];
    private volatile MemorySegment[] words = new MemorySegment[0];

    RecordArea(Path folder, Reclaimer reclaimer) {
        MappedFiles.createDirectory(folder);
        this.folder = folder;
        this.reclaimer = reclaimer;
    }

    @Override
    public boolean get(int ordinal, RecordBuffer into) {
        final MemorySegment[] current = words;
        final int chunk = ordinal >> WORDS_SHIFT;
        final long word = chunk < current.length ? (long) LONG.getAcquire(current[chunk], wordOffset(ordinal)) : 0;
        if (word == 0) {
            return false;
        }
        into.reserve(length(word));
        MemorySegment.copy(
                piece(unit(word)), ValueLayout.JAVA_BYTE, offset(unit(word)), into.array(), 0, into.length());
        return true;
    }

    @Override
    public void put(int ordinal, ByteBuffer record) {
        final int length = record.remaining();
        final long unit = allocate(units(length));
        MemorySegment.copy(MemorySegment.ofBuffer(record), 0, piece(unit), offset(unit), length);
        final long before = publish(ordinal, (unit << LENGTH_BITS) | length);
        records += before == 0 ? 1 : 0;
        bytes += length - length(before);
    }

    @Override
    public boolean remove(int ordinal) {
        final long before = publish(ordinal, 0);
        records -= before == 0 ? 0 : 1;
        bytes -= length(before);
        return before != 0;
    }

    private long publish(int ordinal, long word) {
        while (ordinal >> WORDS_SHIFT >= words.length) {
            words = more(words, "words", (long) Long.BYTES << WORDS_SHIFT);
        }
        final MemorySegment chunk = words[ordinal >> WORDS_SHIFT];
        final long before = (long) LONG.get(chunk, wordOffset(ordinal));
        LONG.setRelease(chunk, wordOffset(ordinal), word);
        if (before != 0) {
            reclaimer.retire(() -> release(unit(before), units(length(before))));
        }
        return before;
    }

    /** A free place of this length, or one cut from the next longer one, or one at the end. */
    private long allocate(int units) {
        final int length = freeLengths.nextSetBit(units);
        if (length < 0) {
            return append(units);
        }
        final long unit = freePlaces[length];
        final MemorySegment piece = piece(unit);
        freePlaces[length] = (long) LONG.get(piece, offset(unit));
        LONG.set(piece, offset(unit), 0L);
        if (freePlaces[length] == 0) {
            freeLengths.clear(length);
        }
        if (length > units) {
            addFree(unit + units, length - units);
        }
        return unit;
    }

    private long append(int units) {
        final int left = (int) ((long) pieces.length * UNITS_PER_PIECE - nextUnit);
        if (left < units) {
            if (left > 0) {
                addFree(nextUnit, left);
            }
            nextUnit = Math.max(1, (long) pieces.length * UNITS_PER_PIECE);
            pieces = more(pieces, "piece", 1L << PIECE_SHIFT);
        }
        nextUnit += units;
        return nextUnit - units;
    }

    private void release(long unit, int units) {
        piece(unit).asSlice(offset(unit), (long) units << UNIT_SHIFT).fill((byte) 0);
        addFree(unit, units);
    }

    private void addFree(long unit, int units) {
        LONG.set(piece(unit), offset(unit), freePlaces[units]);
        freePlaces[units] = unit;
        freeLengths.set(units);
    }

    private MemorySegment[] more(MemorySegment[] before, String name, long lengthBytes) {
        final MemorySegment[] more = Arrays.copyOf(before, before.length + 1);
        more[before.length] = MappedFiles.create(folder.resolve(name + "-" + before.length), lengthBytes, arena);
        return more;
    }

    private MemorySegment piece(long unit) {
        return pieces[(int) (unit >> (PIECE_SHIFT - UNIT_SHIFT))];
    }

    /** Within its piece. */
    private static long offset(long unit) {
        return (unit & (UNITS_PER_PIECE - 1)) << UNIT_SHIFT;
    }

    private static long wordOffset(int ordinal) {
        return (long) (ordinal & WORDS_MASK) * Long.BYTES;
    }

    private static long unit(long word) {
        return word >>> LENGTH_BITS;
    }

    private static int length(long word) {
        return (int) (word & LENGTH_MASK);
    }

    private static int units(int lengthBytes) {
        return Math.max(1, (lengthBytes + (1 << UNIT_SHIFT) - 1) >> UNIT_SHIFT);
    }

    @Override
    public long size() {
        return records;
    }

    @Override
    public RecordStoreFill fill() {
        final long fileBytes =
                ((long) pieces.length << PIECE_SHIFT) + ((long) words.length << WORDS_SHIFT) * Long.BYTES;
        return new RecordStoreFill(records, bytes, pieces.length, (long) words.length << WORDS_SHIFT, fileBytes, 0);
    }

    @Override
    public void force() {
        for (final MemorySegment piece : pieces) {
            piece.force();
        }
        for (final MemorySegment chunk : words) {
            chunk.force();
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
