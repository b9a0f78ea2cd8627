package io.zandloper.storage.record;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.impl.EnumMarshallable;
import org.jspecify.annotations.Nullable;

/** Reads an {@link OrdinalKey}; Chronicle Map names it in its files. */
final class OrdinalKeyReader implements SizedReader<OrdinalKey>, EnumMarshallable<OrdinalKeyReader> {
    static final OrdinalKeyReader INSTANCE = new OrdinalKeyReader();

    private OrdinalKeyReader() {}

    @Override
    @SuppressWarnings("rawtypes") // the interface's
    public OrdinalKey read(Bytes in, long size, @Nullable OrdinalKey using) {
        return (using == null ? new OrdinalKey() : using).set(in.readInt());
    }

    @Override
    public OrdinalKeyReader readResolve() {
        return INSTANCE;
    }
}
