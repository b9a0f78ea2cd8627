package io.zandloper.storage.record;

import io.zandloper.storage.format.CorruptFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.PointerBytesStore;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.MapEntry;

/**
 * One Chronicle Map in one file. Any thread gets, under the read lock of a segment of the map for as long as the copy
 * takes; the writer does the rest.
 *
 * <p>Chronicle Map leaves the bytes of a replaced or removed value where they were until chance writes over them. Here
 * they become zeros first, under the lock that keeps readers out, so that no file holds bytes of a record that is gone.
 */
final class RecordRange {
    /** Extra segments, of its own number, that a map may take when chance or long records fill one. */
    private static final double BLOAT_MAX = 2.0;

    private final Path file;
    private final RangeSize size;
    private final ChronicleMap<OrdinalKey, RecordBuffer> map;
    private final OrdinalKey key = new OrdinalKey();
    /** Where the value lies that is being replaced or removed; not where the map's query looks after it has failed. */
    private final PointerBytesStore place = new PointerBytesStore();
    /** The value that is being replaced, for the case that the map refuses the new one. */
    private final RecordBuffer replaced = new RecordBuffer();

    private long records;
    private long bytes;

    private RecordRange(Path file, RangeSize size, ChronicleMap<OrdinalKey, RecordBuffer> map) {
        this.file = file;
        this.size = size;
        this.map = map;
    }

    /** An empty range in a new file, in place of one that is there. */
    static RecordRange create(Path file, RangeSize size) {
        try {
            Files.deleteIfExists(file);
            return new RecordRange(file, size, builder(size).createPersistedTo(file.toFile()));
        } catch (IOException e) {
            deleteFile(file, e);
            throw new UncheckedIOException("cannot allocate file=" + file + " lengthBytes=" + size.bytes(), e);
        }
    }

    /** A range as it was closed; whoever calls this knows that it was. */
    static RecordRange open(Path file, RangeSize size, long records, long bytes) {
        if (!Files.isRegularFile(file)) {
            throw new CorruptFileException(file, "it is missing");
        }
        try {
            final RecordRange range = new RecordRange(file, size, builder(size).createPersistedTo(file.toFile()));
            range.records = records;
            range.bytes = bytes;
            return range;
        } catch (IOException | RuntimeException e) {
            throw new CorruptFileException(file, "Chronicle Map does not open it", e);
        }
    }

    boolean get(int ordinal, RecordBuffer into) {
        return map.getUsing(into.key().set(ordinal), into) != null;
    }

    /**
     * Whether a record of this length may be put. False some time before Chronicle Map itself would refuse: by then each
     * lookup would go through several segments.
     */
    boolean hasRoomFor(int lengthBytes) {
        final boolean tiersLeft = map.remainingAutoResizes() * 2L > (long) (size.segments() * BLOAT_MAX);
        return (records < size.records() || size.records() == RangeSize.RECORDS_MAX)
                && bytes + lengthBytes <= size.bytes()
                && tiersLeft;
    }

    /** @throws RuntimeException of several kinds when the map is full; what it held it still holds */
    void put(int ordinal, RecordBuffer record) {
        try (ExternalMapQueryContext<OrdinalKey, RecordBuffer, ?> query = map.queryContext(key.set(ordinal))) {
            query.updateLock().lock();
            final MapEntry<OrdinalKey, RecordBuffer> entry = query.entry();
            if (entry == null) {
                query.insert(Objects.requireNonNull(query.absentEntry()), query.wrapValueAsData(record));
                records++;
                bytes += record.length();
            } else {
                final long before = entry.value().size();
                replace(query, entry, record);
                bytes += record.length() - before;
            }
        }
    }

    private void replace(
            ExternalMapQueryContext<OrdinalKey, RecordBuffer, ?> query,
            MapEntry<OrdinalKey, RecordBuffer> entry,
            RecordBuffer record) {
        entry.value().getUsing(replaced);
        query.writeLock().lock();
        scrub(entry);
        try {
            query.replaceValue(entry, query.wrapValueAsData(record));
        } catch (RuntimeException refused) {
            place.write(0, replaced.array(), 0, replaced.length());
            throw refused;
        }
    }

    /** Writes zeros over a value; the write lock is held. */
    private void scrub(MapEntry<OrdinalKey, RecordBuffer> entry) {
        final Data<RecordBuffer> value = entry.value();
        if (value.size() > 0) {
            place.set(((BytesStore<?, ?>) value.bytes()).addressForRead(value.offset()), value.size());
            place.zeroOut(0, value.size());
        }
    }

    boolean remove(int ordinal) {
        try (ExternalMapQueryContext<OrdinalKey, RecordBuffer, ?> query = map.queryContext(key.set(ordinal))) {
            query.updateLock().lock();
            final MapEntry<OrdinalKey, RecordBuffer> entry = query.entry();
            if (entry == null) {
                return false;
            }
            final long length = entry.value().size();
            query.writeLock().lock();
            scrub(entry);
            query.remove(entry);
            records--;
            bytes -= length;
            return true;
        }
    }

    Path file() {
        return file;
    }

    RangeSize size() {
        return size;
    }

    /** Records held. */
    long records() {
        return records;
    }

    /** Bytes of the records held. */
    long bytes() {
        return bytes;
    }

    /** Bytes of the file. */
    long fileBytes() {
        return file.toFile().length();
    }

    void force() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write file=" + file, e);
        }
    }

    void close() {
        map.close();
    }

    void delete() {
        close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete file=" + file, e);
        }
    }

    private static ChronicleMapBuilder<OrdinalKey, RecordBuffer> builder(RangeSize size) {
        return ChronicleMapBuilder.simpleMapOf(OrdinalKey.class, RecordBuffer.class)
                .name("records")
                .keyReaderAndDataAccess(OrdinalKeyReader.INSTANCE, new OrdinalKeyAccess())
                .constantKeySizeBySample(new OrdinalKey())
                .valueMarshaller(RecordMarshaller.INSTANCE)
                .averageValueSize(size.averageBytes())
                .actualChunkSize(size.chunkBytes())
                .entries(size.records())
                .actualSegments(size.segments())
                .maxBloatFactor(BLOAT_MAX)
                // Damage is the journal's to find; what a clean stop left is trusted.
                .checksumEntries(false)
                // The storage closes its maps itself, when its threads have ended.
                .skipCloseOnExitHook(true);
    }

    private static void deleteFile(Path file, IOException cause) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
