package io.zandloper.storage.record;

import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.MetadataFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The file that says which maps a record store consists of.
 *
 * <pre>
 *  ranges int | per range: generation int, size in records long, in bytes long, records held long, their bytes long
 * </pre>
 */
final class RecordMetadata {
    private static final MetadataFile FORMAT = new MetadataFile("ZNDLRECS", 2, 2);
    private static final String NAME = "records.meta";
    private static final int RANGE_BYTES = Integer.BYTES + 4 * Long.BYTES;

    private final Path file;

    RecordMetadata(Path folder) {
        this.file = folder.resolve(NAME);
    }

    record Entry(int generation, RangeSize size, long records, long bytes) {}

    void write(List<Entry> ranges) {
        final ByteBuffer payload =
                ByteBuffer.allocate(Integer.BYTES + ranges.size() * RANGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        payload.putInt(ranges.size());
        for (final Entry range : ranges) {
            payload.putInt(range.generation())
                    .putLong(range.size().records())
                    .putLong(range.size().bytes())
                    .putLong(range.records())
                    .putLong(range.bytes());
        }
        FORMAT.write(file, payload.flip());
    }

    List<Entry> read() {
        final ByteBuffer payload = FORMAT.read(file).payload();
        if (payload.remaining() < Integer.BYTES) {
            throw new CorruptFileException(file, "its header is cut");
        }
        final int count = payload.getInt();
        if (payload.remaining() != (long) count * RANGE_BYTES) {
            throw new CorruptFileException(file, "its content has the wrong length");
        }
        final List<Entry> ranges = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ranges.add(new Entry(
                    payload.getInt(),
                    new RangeSize(payload.getLong(), payload.getLong()),
                    payload.getLong(),
                    payload.getLong()));
        }
        return ranges;
    }
}
