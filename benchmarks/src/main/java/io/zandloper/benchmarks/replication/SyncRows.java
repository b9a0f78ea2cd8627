package io.zandloper.benchmarks.replication;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.subject.BenchFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A full sync against bare {@code sendfile}: the same files, left in the same place, in turns. */
final class SyncRows {
    private static final double BYTES_PER_MEGABYTE = 1e6;
    private static final String SNAPSHOTS = "snapshots";

    private final BenchFolder folder;
    private final int port;
    private final int runs;
    private final PrintWriter out;
    private long bytes;
    private double bytesPerSecond;

    /** @param port the primary's binary one */
    SyncRows(BenchFolder folder, int port, int runs, PrintWriter out) {
        this.folder = folder;
        this.port = port;
        this.runs = runs;
        this.out = out;
    }

    /** Where received bytes go. */
    private interface Place {
        SnapshotSink open() throws IOException;
    }

    /** First onto the disk, then onto nothing. */
    List<Comparison> run() throws IOException {
        final Path received = folder.journalRoot().resolve("received");
        final Comparison disk = compare("onto the disk, checked", "onto the disk", () -> SnapshotSink.file(received));
        Files.delete(received);
        bytesPerSecond = disk.ours() * BYTES_PER_MEGABYTE;
        return List.of(disk, compare("checked and dropped", "dropped", SnapshotSink::nothing));
    }

    /** Of the snapshot. */
    long bytes() {
        return bytes;
    }

    /** Of a full sync onto the disk. */
    double bytesPerSecond() {
        return bytesPerSecond;
    }

    private Comparison compare(String place, String rawPlace, Place into) throws IOException {
        final double[] ours = new double[runs];
        final double[] theirs = new double[runs];
        for (int run = -1; run < runs; run++) {
            final Received synced;
            try (SnapshotSink sink = into.open()) {
                synced = SnapshotReceiver.receive(port, sink);
            }
            final Received raw;
            try (SnapshotSink sink = into.open()) {
                raw = Sendfile.receive(newest(folder.journal().resolve(SNAPSHOTS)), sink);
            }
            if (synced.bytes() != raw.bytes()) {
                throw new IOException("not the same files: " + synced.bytes() + " and " + raw.bytes() + " bytes");
            }
            bytes = raw.bytes();
            // The first of each only warms up.
            if (run >= 0) {
                ours[run] = synced.megabytesPerSecond();
                theirs[run] = raw.megabytesPerSecond();
            }
            out.printf(
                    Locale.ROOT,
                    "sync of %,d bytes, %s: %,.0f MB/s, sendfile %,.0f%n",
                    bytes,
                    rawPlace,
                    synced.megabytesPerSecond(),
                    raw.megabytesPerSecond());
            out.flush();
        }
        return Rounds.of(
                ReplicationBenchmark.GOAL,
                String.format(Locale.ROOT, "full sync of %,.0f MB, %s", bytes / BYTES_PER_MEGABYTE, place),
                ours,
                "sendfile of the same files, " + rawPlace,
                theirs,
                "MB/s");
    }

    private static Path newest(Path snapshots) throws IOException {
        try (Stream<Path> all = Files.list(snapshots)) {
            return all.filter(path -> path.getFileName().toString().matches("\\d+"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new IOException("there is no snapshot in " + snapshots));
        }
    }
}
