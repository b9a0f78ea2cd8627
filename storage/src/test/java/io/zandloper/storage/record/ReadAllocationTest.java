package io.zandloper.storage.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.zandloper.storage.epoch.Epochs;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.index.IdentityIndex;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.row.RowTable;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole path of a read leaves no garbage: hash, index, row, single bit, record. */
class ReadAllocationTest {
    private static final int PROFILES = 5_000;
    private static final int WARM_UP_ROUNDS = 40;

    @TempDir
    Path folder;

    private final Epochs epochs = new Epochs();
    private final IdentityHash hash = new IdentityHash(new byte[IdentityHash.KEY_BYTES]);
    private final byte[][] identities = new byte[PROFILES][];
    private final RowBits bits = new RowBits();
    private final RecordBuffer buffer = new RecordBuffer();
    private long sum;

    @Test
    void aReadAllocatesNothing() {
        final IdentityIndex index = IdentityIndex.create(folder.resolve("index"), epochs);
        final RowTable rows = RowTable.create(folder.resolve("rows"), 1024);
        final RecordStore records = ChronicleRecordStore.create(folder.resolve("records"), epochs);
        rows.ensureCapacity(PROFILES);
        for (int i = 0; i < PROFILES; i++) {
            identities[i] = ("crm:" + i).getBytes(StandardCharsets.UTF_8);
            hash.hash(identities[i], 0, identities[i].length);
            rows.write(i, i, 0, Long.MAX_VALUE, new long[16]);
            records.put(i, ByteBuffer.allocate(300));
            index.put(hash.high(), hash.low(), i);
        }
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            readAll(index, rows, records);
        }
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long before = threads.getCurrentThreadAllocatedBytes();
        readAll(index, rows, records);
        final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        // The measurement itself may allocate a little; a single object for each read would be 16 bytes for each.
        assertThat(allocated).isLessThan(PROFILES);
        assertThat(sum).isNotZero();
        index.close();
        rows.close();
        records.close();
    }

    private void readAll(IdentityIndex index, RowTable rows, RecordStore records) {
        for (int i = 0; i < PROFILES; i++) {
            hash.hash(identities[i], 0, identities[i].length);
            final int ordinal = index.find(hash.high(), hash.low());
            if (ordinal != i || !rows.read(ordinal, bits) || !records.get(ordinal, buffer)) {
                throw new AssertionError("lost: ordinal=" + ordinal);
            }
            sum += rows.test(ordinal, 3, 0)
                    + bits.sequence()
                    + buffer.length()
                    + buffer.buffer().get(7);
        }
    }
}
