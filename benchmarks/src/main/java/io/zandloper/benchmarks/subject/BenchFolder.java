package io.zandloper.benchmarks.subject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where one storage lies, in folders of its own that go when this is closed.
 *
 * @param root of mapped files and of all that is compared with them
 * @param journalRoot of the journal, which never lies on memory
 */
public record BenchFolder(Path root, Path journalRoot) implements AutoCloseable {
    /**
     * @param dataOn null for the folder of temporary files
     * @param journalOn null for {@code dataOn}
     */
    public static BenchFolder create(@Nullable Path dataOn, @Nullable Path journalOn) throws IOException {
        final Path root = temporary(dataOn);
        return new BenchFolder(root, journalOn == null ? root : temporary(journalOn));
    }

    private static Path temporary(@Nullable Path on) throws IOException {
        return on == null
                ? Files.createTempDirectory("zandloper-bench-")
                : Files.createTempDirectory(Files.createDirectories(on), "zandloper-bench-");
    }

    public Path data() {
        return root.resolve("data");
    }

    public Path journal() {
        return journalRoot.resolve("journal");
    }

    /** A file beside the data, on the same file system. */
    public Path file(String name) {
        return root.resolve(name);
    }

    /** Bytes of the files of the data folder in the folders whose names begin with one of {@code prefixes}. */
    public long dataBytes(String... prefixes) throws IOException {
        try (Stream<Path> files = Files.walk(data())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        final String top = data().relativize(file).getName(0).toString();
                        return Stream.of(prefixes).anyMatch(top::startsWith);
                    })
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Override
    public void close() throws IOException {
        delete(root);
        delete(journalRoot);
    }

    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        final List<Path> paths;
        try (Stream<Path> all = Files.walk(folder)) {
            paths = all.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (final Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
