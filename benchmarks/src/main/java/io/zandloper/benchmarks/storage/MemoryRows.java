package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.measure.RowKey;
import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.benchmarks.subject.BenchStorage;
import io.zandloper.benchmarks.subject.RedisServer;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.StorageStatus;
import io.zandloper.storage.View;
import io.zandloper.storage.record.RecordBuffer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** P9: what a profile costs beyond what it is. */
final class MemoryRows {
    private static final int SAMPLED_RECORDS = 1_000;

    private final PrintWriter out;

    MemoryRows(PrintWriter out) {
        this.out = out;
    }

    /**
     * @param redisProfiles how many Redis is asked to hold; what it costs hardly depends on it
     * @return nothing where Redis is not installed
     */
    List<Comparison> run(BenchFolder folder, BenchStorage storage, long redisProfiles) throws IOException {
        final StorageStatus status = storage.storage().status();
        out.printf(Locale.ROOT, "%-64s %10s %10s%n", "bytes of a profile, mapped", "in all", "overhead");
        double ours = part(
                String.format(Locale.ROOT, "identity index, %.0f %% of its slots used", 100 * status.indexFill()),
                (double) status.indexBytes() / status.profiles(),
                0);
        ours += part(
                "rows", (double) status.rowBytes() / status.profiles(), BenchProfiles.SEGMENTS / (double) Byte.SIZE);
        ours += part(
                String.format(Locale.ROOT, "records, each %.1f by itself", averageRecord(storage, status.profiles())),
                (double) status.recordBytes() / status.profiles(),
                BenchProfiles.VALUE_BYTES);
        ours += part("columns", (double) folder.dataBytes("columns") / status.profiles(), 0);
        if (!RedisServer.isInstalled()) {
            out.println("P9: redis-server is not installed, so there is nothing to compare with");
            return List.of();
        }
        final double theirs;
        try (RedisServer redis = RedisServer.start(folder.file("redis"), "--appendonly", "no")) {
            redis.awaitRow(-1);
            final long empty = redis.usedMemory();
            redis.put(redisProfiles, done -> {});
            redis.awaitRow(redisProfiles - 1);
            theirs = (double) (redis.usedMemory() - empty) / redisProfiles - BenchProfiles.PAYLOAD_BYTES;
        } finally {
            BenchFolder.delete(folder.file("redis"));
        }
        return List.of(Rounds.of(
                "P9",
                "memory of a profile beyond value and segment bits, mapped",
                new double[] {ours},
                String.format(Locale.ROOT, "Redis, used_memory with %,d keys", redisProfiles),
                new double[] {theirs},
                "bytes"));
    }

    /** Prints one part; gives what of it is overhead. */
    private double part(String name, double bytes, double payload) {
        out.printf(Locale.ROOT, "%-64s %10.1f %10.1f%n", name, bytes, bytes - payload);
        return bytes - payload;
    }

    /** Bytes of a record, of some that lie anywhere. */
    private static double averageRecord(BenchStorage storage, long profiles) {
        final RowKey keys = new RowKey();
        final RecordBuffer record = new RecordBuffer();
        long bytes = 0;
        try (StorageReader reader = storage.storage().newReader()) {
            final View view = reader.enter();
            for (long i = 0; i < SAMPLED_RECORDS; i++) {
                final byte[] key = keys.of(i * profiles / SAMPLED_RECORDS);
                if (!view.readRecord(view.find(key, 0, key.length), record)) {
                    throw new IllegalStateException("a profile has no record, number=" + i);
                }
                bytes += record.length();
            }
            reader.leave();
        }
        return (double) bytes / SAMPLED_RECORDS;
    }
}
