package io.zandloper.benchmarks;

import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.subject.Submissions;
import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.json.ProfileReader;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.UpsertProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** A storage with a generated data set in it, in a folder of its own that goes when this is closed. */
public final class FilledStorage implements AutoCloseable {
    private static final long SEED = 1;
    private static final int ROWS_PER_CHUNK = 256;

    private final Path folder;
    private final Storage storage;
    private final Submissions submissions;

    private FilledStorage(Path folder, Storage storage) {
        this.folder = folder;
        this.storage = storage;
        this.submissions = new Submissions(storage);
    }

    /** @param progress told the profiles written, now and then */
    public static FilledStorage create(long profiles, int offers, int segments, LongConsumer progress)
            throws IOException {
        final Path folder = Files.createTempDirectory("zandloper-bench-");
        final DataSet data = new DataSet(profiles, offers, segments, SEED);
        final FilledStorage filled = new FilledStorage(
                folder,
                Storage.open(
                        StorageConfig.of(folder.resolve("data")),
                        source -> compiled(source, Catalog.EMPTY),
                        MicrosClock.system()));
        boolean complete = false;
        try {
            filled.fill(data, progress);
            complete = true;
        } finally {
            if (!complete) {
                filled.close();
            }
        }
        return filled;
    }

    /** The generated catalog of that size, compiled. */
    public static Catalog catalog(int offers, int segments) throws IOException {
        return compiled(source(new DataSet(0, offers, segments, SEED)), Catalog.EMPTY);
    }

    private static byte[] source(DataSet data) throws IOException {
        final ByteArrayOutputStream source = new ByteArrayOutputStream();
        data.writeCatalog(source);
        return source.toByteArray();
    }

    private static Catalog compiled(byte[] source, Catalog previous) {
        final CatalogCompilation compilation = CatalogReader.read(source).compile(previous);
        final Catalog catalog = compilation.catalog();
        if (catalog == null) {
            throw new IllegalStateException("a generated catalog does not compile: " + compilation.errors());
        }
        return catalog;
    }

    private void fill(DataSet data, LongConsumer progress) throws IOException {
        final byte[] source = source(data);
        submissions.submit(new ReplaceCatalog(compiled(source, Catalog.EMPTY), source, null));
        submissions.await();
        final ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        for (long from = 0; from < data.profiles(); from += ROWS_PER_CHUNK) {
            final long to = Math.min(data.profiles(), from + ROWS_PER_CHUNK);
            chunk.reset();
            data.writeProfiles(chunk, from, to, rows -> {});
            submitLines(chunk.toByteArray());
            progress.accept(to);
        }
        submissions.await();
    }

    private void submitLines(byte[] lines) {
        int start = 0;
        for (int end = 0; end < lines.length; end++) {
            if (lines[end] == '\n') {
                submissions.submit(ProfileReader.readLine(
                        StrictJson.parseObject(lines, start, end - start), UpsertProfile.Mode.MERGE));
                start = end + 1;
            }
        }
    }

    public Storage storage() {
        return storage;
    }

    /** For further files on the same file system; goes with this. */
    Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        storage.close();
        BenchFolder.delete(folder);
    }
}
