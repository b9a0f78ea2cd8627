package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.RowKey;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.row.RowBits;
import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import org.jspecify.annotations.Nullable;

/**
 * What one would do without an index of segments: the same identities as keys of a Chronicle Map in a file, the same
 * bits at the beginning of values of 256 bytes, read by {@code getUsing}. For one thread.
 */
final class ChronicleBaseline implements AutoCloseable {
    static final int VALUE_BYTES = 256;
    private static final int PROFILES_PER_ENTRY = 1_000;

    private final ChronicleMap<byte[], byte[]> map;
    private byte[] value = new byte[VALUE_BYTES];

    private ChronicleBaseline(ChronicleMap<byte[], byte[]> map) {
        this.map = map;
    }

    static ChronicleBaseline fill(Path file, StorageReader reader, int profiles) throws IOException {
        final RowKey keys = new RowKey();
        final ChronicleMap<byte[], byte[]> map = ChronicleMap.of(byte[].class, byte[].class)
                .name("baseline")
                .entries(profiles)
                .averageKey(keys.of(profiles / 2).clone())
                .constantValueSizeBySample(new byte[VALUE_BYTES])
                .createPersistedTo(file.toFile());
        final ChronicleBaseline baseline = new ChronicleBaseline(map);
        final RowBits bits = new RowBits();
        final byte[] value = new byte[VALUE_BYTES];
        for (int row = 0; row < profiles; ) {
            final View view = reader.enter();
            try {
                for (final int end = Math.min(profiles, row + PROFILES_PER_ENTRY); row < end; row++) {
                    final byte[] key = keys.of(row);
                    if (!view.readRow(view.find(key, 0, key.length), bits)) {
                        throw new IllegalStateException("a profile has no row, row=" + row);
                    }
                    copy(bits, row, value);
                    map.put(key, value);
                }
            } finally {
                reader.leave();
            }
        }
        return baseline;
    }

    /** The bits, then bytes that stand for the rest of a profile. */
    private static void copy(RowBits bits, int row, byte[] into) {
        for (int i = 0; i < into.length; i++) {
            final int word = i / Long.BYTES;
            into[i] = word < bits.wordCount() ? (byte) (bits.word(word) >>> (8 * (i % Long.BYTES))) : (byte) (row + i);
        }
    }

    /** 1 where the bit is set, else 0. */
    int test(byte[] key, int bit) {
        final byte @Nullable [] found = map.getUsing(key, value);
        if (found == null) {
            throw new IllegalStateException("a key of the map is gone");
        }
        value = found;
        return found[bit >>> 3] >>> (bit & 7) & 1;
    }

    @Override
    public void close() {
        map.close();
    }
}
