package io.zandloper.storage.record;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.hash.serialization.impl.EnumMarshallable;
import org.jspecify.annotations.Nullable;

/** Copies records out of and into a map; Chronicle Map names it in its files. */
final class RecordMarshaller
        implements SizedReader<RecordBuffer>, SizedWriter<RecordBuffer>, EnumMarshallable<RecordMarshaller> {
    static final RecordMarshaller INSTANCE = new RecordMarshaller();

    private RecordMarshaller() {}

    @Override
    @SuppressWarnings("rawtypes") // the interface's
    public RecordBuffer read(Bytes in, long size, @Nullable RecordBuffer using) {
        final RecordBuffer buffer = using == null ? new RecordBuffer() : using;
        buffer.reserve(Math.toIntExact(size));
        in.read(buffer.array(), 0, buffer.length());
        return buffer;
    }

    @Override
    public long size(RecordBuffer record) {
        return record.length();
    }

    @Override
    @SuppressWarnings("rawtypes") // the interface's
    public void write(Bytes out, long size, RecordBuffer record) {
        out.write(record.array(), 0, record.length());
    }

    @Override
    public RecordMarshaller readResolve() {
        return INSTANCE;
    }
}
