package io.zandloper.storage.record;

import io.zandloper.storage.epoch.Reclaimer;
import io.zandloper.storage.memory.MappedFiles;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Records in Chronicle Maps, one for each {@value RangeSize#RECORDS_MAX} ordinals. A map that fills up is copied into a
 * larger one by the writer and replaced by it; readers go on with the old one until they have passed an epoch, then its
 * file is deleted.
 *
 * <p>Chronicle Map refuses what exceeds the size it was told; a map is made for what the records seen so far weigh, and
 * replaced before it refuses. If it does refuse, the record is put into a larger map at once.
 */
public final class ChronicleRecordStore implements RecordStore {
    private static final int RANGE_SHIFT = 18;

    /** A record that does not fit into a map that was made larger this often fits into none. */
    private static final int GROWTHS_PER_PUT = 4;

    private final Path folder;
    private final Reclaimer reclaimer;
    private final RecordMetadata metadata;
    private final RecordBuffer writing = new RecordBuffer();
    private final RecordBuffer copying = new RecordBuffer();
    /** Of the file of each range; raised with every rebuild. */
    private final List<Integer> generations = new ArrayList<>();

    private long records;
    private long bytes;
    private volatile long publishedRecords;
    private volatile long publishedBytes;
    private long rebuildCount;
    private volatile long rebuilds;
    /** Replaced, never changed, by the writer when a map is added or rebuilt. */
    private volatile RecordRange[] ranges = new RecordRange[0];

    private ChronicleRecordStore(Path folder, Reclaimer reclaimer) {
        this.folder = folder;
        this.reclaimer = reclaimer;
        this.metadata = new RecordMetadata(folder);
    }

    /** An empty store in a folder that is empty or not there yet. */
    public static ChronicleRecordStore create(Path folder, Reclaimer reclaimer) {
        MappedFiles.createDirectory(folder);
        return new ChronicleRecordStore(folder, reclaimer);
    }

    /**
     * The store as it was forced and closed; whoever calls this knows that it was: a map that was not closed may hold
     * locks of a process that is gone.
     *
     * @throws io.zandloper.storage.format.StoredFileException when a file is missing, corrupt, too old or too new
     */
    public static ChronicleRecordStore open(Path folder, Reclaimer reclaimer) {
        final ChronicleRecordStore store = new ChronicleRecordStore(folder, reclaimer);
        try {
            store.openRanges(store.metadata.read());
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
        return store;
    }

    @Override
    public boolean get(int ordinal, RecordBuffer into) {
        final RecordRange[] current = ranges;
        final int range = ordinal >> RANGE_SHIFT;
        return range < current.length && current[range].get(ordinal, into);
    }

    @Override
    public void put(int ordinal, ByteBuffer record) {
        final int length = record.remaining();
        if (ordinal < 0) {
            throw new IllegalArgumentException("no ordinal: ordinal=" + ordinal);
        }
        if (length > RECORD_BYTES_MAX) {
            throw new IllegalArgumentException("a record too long: length=" + length);
        }
        writing.reserve(length);
        record.get(record.position(), writing.array(), 0, length);
        final int index = ordinal >> RANGE_SHIFT;
        while (index >= ranges.length) {
            addRange();
        }
        final RecordRange before = ranges[index];
        final long recordsBefore = before.records();
        final long bytesBefore = before.bytes();
        final RecordRange after = putWithRoom(index, ordinal);
        count(after.records() - recordsBefore, after.bytes() - bytesBefore);
    }

    @Override
    public boolean remove(int ordinal) {
        final int index = ordinal >> RANGE_SHIFT;
        if (index >= ranges.length) {
            return false;
        }
        final RecordRange range = ranges[index];
        final long bytesBefore = range.bytes();
        if (!range.remove(ordinal)) {
            return false;
        }
        count(-1, range.bytes() - bytesBefore);
        return true;
    }

    @Override
    public long size() {
        return publishedRecords;
    }

    @Override
    public RecordStoreFill fill() {
        final RecordRange[] current = ranges;
        long capacityRecords = 0;
        long fileBytes = 0;
        for (final RecordRange range : current) {
            capacityRecords += range.size().records();
            fileBytes += range.fileBytes();
        }
        return new RecordStoreFill(
                publishedRecords, publishedBytes, current.length, capacityRecords, fileBytes, rebuilds);
    }

    @Override
    public void force() {
        final List<RecordMetadata.Entry> entries = new ArrayList<>();
        for (int i = 0; i < ranges.length; i++) {
            final RecordRange range = ranges[i];
            range.force();
            entries.add(new RecordMetadata.Entry(generations.get(i), range.size(), range.records(), range.bytes()));
        }
        metadata.write(entries);
    }

    @Override
    public void close() {
        for (final RecordRange range : ranges) {
            range.close();
        }
    }

    private RecordRange putWithRoom(int index, int ordinal) {
        for (int growths = 0; ; growths++) {
            final RecordRange range = ranges[index];
            if (!range.hasRoomFor(writing.length()) && growths < GROWTHS_PER_PUT) {
                rebuildLarger(index);
                continue;
            }
            try {
                range.put(ordinal, writing);
                return range;
            } catch (IllegalStateException | IllegalArgumentException full) {
                // Chronicle Map's way of saying so: no further segments, or none with so much room in one piece.
                if (growths >= GROWTHS_PER_PUT) {
                    throw full;
                }
                rebuildLarger(index);
            }
        }
    }

    private void addRange() {
        final int index = ranges.length;
        final double averageBytes = records == 0 ? RangeSize.RECORD_BYTES_UNSEEN : (double) bytes / records;
        final int capacity = index == 0 ? RangeSize.RECORDS_MIN : RangeSize.RECORDS_MAX;
        final RecordRange range = RecordRange.create(file(index, 0), RangeSize.first(capacity, averageBytes));
        final RecordRange[] more = Arrays.copyOf(ranges, index + 1);
        more[index] = range;
        generations.add(0);
        ranges = more;
    }

    private void rebuildLarger(int index) {
        final RecordRange old = ranges[index];
        final int generation = generations.get(index) + 1;
        final RangeSize size = old.size().larger(old.records(), old.bytes());
        final RecordRange larger = RecordRange.create(file(index, generation), size);
        try {
            copy(index, old, larger);
        } catch (RuntimeException e) {
            larger.delete();
            throw e;
        }
        final RecordRange[] replaced = ranges.clone();
        replaced[index] = larger;
        generations.set(index, generation);
        ranges = replaced;
        reclaimer.retire(old::delete);
        rebuilds = ++rebuildCount;
    }

    private void copy(int index, RecordRange from, RecordRange to) {
        final int first = index << RANGE_SHIFT;
        for (int i = 0; i < RangeSize.RECORDS_MAX && to.records() < from.records(); i++) {
            if (from.get(first + i, copying)) {
                to.put(first + i, copying);
            }
        }
    }

    private void count(long moreRecords, long moreBytes) {
        records += moreRecords;
        bytes += moreBytes;
        publishedRecords = records;
        publishedBytes = bytes;
    }

    private void openRanges(List<RecordMetadata.Entry> entries) {
        final Set<Path> listed = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            final RecordMetadata.Entry entry = entries.get(i);
            final Path file = file(i, entry.generation());
            final RecordRange range = RecordRange.open(file, entry.size(), entry.records(), entry.bytes());
            final RecordRange[] more = Arrays.copyOf(ranges, i + 1);
            more[i] = range;
            ranges = more;
            generations.add(entry.generation());
            count(entry.records(), entry.bytes());
            listed.add(file);
        }
        // Maps that were replaced shortly before the stop, when readers still held them.
        MappedFiles.deleteOthers(folder, "range-*.map", listed);
    }

    private Path file(int index, int generation) {
        return folder.resolve(String.format(Locale.ROOT, "range-%05d-%05d.map", index, generation));
    }
}
