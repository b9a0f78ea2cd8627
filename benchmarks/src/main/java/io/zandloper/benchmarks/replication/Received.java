package io.zandloper.benchmarks.replication;

/**
 * A snapshot, or as much of it as was wanted.
 *
 * @param bytes of its files
 * @param nanos from the request to the last of them in its place
 */
record Received(long bytes, long nanos) {
    double megabytesPerSecond() {
        return bytes * 1e3 / nanos;
    }
}
