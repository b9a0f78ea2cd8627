package io.zandloper.storage.record;

import net.openhft.chronicle.algo.hashing.LongHashFunction;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.bytes.RandomDataOutput;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.serialization.DataAccess;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.jspecify.annotations.Nullable;

/** The bytes of an {@link OrdinalKey}, four of them. Chronicle Map has one for each thread and names it in its files. */
final class OrdinalKeyAccess extends AbstractData<OrdinalKey> implements DataAccess<OrdinalKey> {
    private transient BytesStore<?, ?> bytes = newBytes();
    private transient OrdinalKey key = new OrdinalKey();

    @Override
    public Data<OrdinalKey> getData(OrdinalKey instance) {
        key = instance;
        bytes.writeInt(0, instance.ordinal());
        return this;
    }

    @Override
    public RandomDataInput bytes() {
        return bytes;
    }

    @Override
    public long offset() {
        return 0;
    }

    @Override
    public long size() {
        return Integer.BYTES;
    }

    @Override
    public OrdinalKey get() {
        return key;
    }

    @Override
    public OrdinalKey getUsing(@Nullable OrdinalKey using) {
        return (using == null ? new OrdinalKey() : using).set(key.ordinal());
    }

    @Override
    public long hash(LongHashFunction function) {
        return function.hashInt(key.ordinal());
    }

    @Override
    public boolean equivalent(RandomDataInput source, long sourceOffset) {
        return source.readInt(sourceOffset) == key.ordinal();
    }

    @Override
    @SuppressWarnings("rawtypes") // the interface's
    public void writeTo(RandomDataOutput target, long targetOffset) {
        target.writeInt(targetOffset, key.ordinal());
    }

    @Override
    public void uninit() {
        // The next key takes the place of this one.
    }

    @Override
    public DataAccess<OrdinalKey> copy() {
        return new OrdinalKeyAccess();
    }

    @Override
    public void readMarshallable(WireIn wire) {
        // Called in place of the constructor for what is read from a file; there is nothing to read.
        bytes = newBytes();
        key = new OrdinalKey();
    }

    @Override
    public void writeMarshallable(WireOut wire) {
        // There is nothing to write.
    }

    private static BytesStore<?, ?> newBytes() {
        return BytesStore.wrap(new byte[Integer.BYTES]);
    }
}
