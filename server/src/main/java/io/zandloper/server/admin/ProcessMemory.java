package io.zandloper.server.admin;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What the process uses of the machine's memory, in bytes. What the operating system tells is 0 where it has no {@code
 * /proc}.
 *
 * @param heapUsedBytes live and dead objects
 * @param heapCommittedBytes taken from the operating system for the heap
 * @param directBytes network buffers; mapped files do not count
 * @param rssAnonBytes resident and in no file: the heap, the JVM, direct buffers
 * @param rssFileBytes resident pages of files, which the operating system may take back
 * @param rssShmemBytes resident pages of files that lie on memory
 * @param hugePageBytes of the resident file pages, those mapped by 2 MiB pages
 */
public record ProcessMemory(
        long heapUsedBytes,
        long heapCommittedBytes,
        long directBytes,
        long rssAnonBytes,
        long rssFileBytes,
        long rssShmemBytes,
        long hugePageBytes) {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path SMAPS = Path.of("/proc/self/smaps_rollup");
    private static final long KIB = 1024;

    /** As of now. Walks the page tables where mapped files are large: not for a hot path. */
    public static ProcessMemory read() {
        final MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        final Map<String, Long> status = kibibytes(STATUS);
        final Map<String, Long> maps = kibibytes(SMAPS);
        return new ProcessMemory(
                heap.getUsed(),
                heap.getCommitted(),
                networkBufferBytes(),
                status.getOrDefault("RssAnon", 0L) * KIB,
                status.getOrDefault("RssFile", 0L) * KIB,
                status.getOrDefault("RssShmem", 0L) * KIB,
                (maps.getOrDefault("FilePmdMapped", 0L) + maps.getOrDefault("ShmemPmdMapped", 0L)) * KIB);
    }

    private static long networkBufferBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** Lines such as {@code RssAnon:     1234 kB}; empty where there is no such file. */
    static Map<String, Long> kibibytes(Path file) {
        final Map<String, Long> values = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                if (line.endsWith(" kB")) {
                    final int colon = line.indexOf(':');
                    values.put(
                            line.substring(0, colon),
                            Long.parseLong(line.substring(colon + 1, line.length() - " kB".length())
                                    .strip()));
                }
            }
        } catch (IOException notOnThisSystem) {
            return Map.of();
        }
        return values;
    }
}
