package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.storage.StorageStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** P9: what a profile costs beyond what it is. */
final class MemoryRows {
    private final PrintWriter out;

    MemoryRows(PrintWriter out) {
        this.out = out;
    }

    /**
     * @param redisProfiles how many Redis is asked to hold; what it costs hardly depends on it
     * @return nothing where Redis is not installed
     */
    List<Comparison> run(BenchFolder folder, StorageStatus status, long redisProfiles) throws IOException {
        final long profiles = status.profiles();
        final double columns = (double) folder.dataBytes("columns") / profiles;
        final double index = (double) status.indexBytes() / profiles;
        final double rows = (double) status.rowBytes() / profiles;
        final double records = (double) status.recordBytes() / profiles;
        final double ours = index + rows + records + columns - BenchProfiles.PAYLOAD_BYTES;
        out.printf(
                Locale.ROOT,
                "bytes a profile: index %.1f, rows %.1f, records %.1f, columns %.1f; payload %d (value %d, bits %d)%n",
                index,
                rows,
                records,
                columns,
                BenchProfiles.PAYLOAD_BYTES,
                BenchProfiles.VALUE_BYTES,
                BenchProfiles.PAYLOAD_BYTES - BenchProfiles.VALUE_BYTES);
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
}
