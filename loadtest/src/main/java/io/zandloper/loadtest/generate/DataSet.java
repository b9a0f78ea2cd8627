package io.zandloper.loadtest.generate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A made-up bank of a given size. The same (profiles, offers, segments, seed) give the same bytes, always; more
 * profiles give the same first ones. Holds the catalog in memory and streams the profiles.
 */
public final class DataSet {
    public static final String CATALOG_FILE = "catalog.json";
    public static final String PROFILES_FILE = "profiles.jsonl";

    public static final int SEGMENTS_MAX = 4_096;
    public static final int OFFERS_MAX = 100_000;
    public static final long PROFILES_MAX = 1_000_000_000;

    private static final int BUFFER_BYTES = 1 << 18;
    private static final long PROGRESS_EVERY = 10_000;

    private final long profiles;
    private final long seed;
    private final Segments segments;
    private final Offers offers;

    /**
     * @param profiles 0 to {@link #PROFILES_MAX}
     * @param offers 0 to {@link #OFFERS_MAX}
     * @param segments 0 to {@link #SEGMENTS_MAX}
     */
    public DataSet(long profiles, int offers, int segments, long seed) {
        this.profiles = checked("profiles", profiles, PROFILES_MAX);
        this.seed = seed;
        this.segments = new Segments(seed, (int) checked("segments", segments, SEGMENTS_MAX));
        this.offers = new Offers(seed, (int) checked("offers", offers, OFFERS_MAX), this.segments);
    }

    private static long checked(String name, long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException("must be 0 to " + max + ": " + name + "=" + value);
        }
        return value;
    }

    /** The primary identity of a row, counted from 0. Rows and identities count alike in every data set. */
    public static String crm(long index) {
        return "crm:" + (index + 1);
    }

    public long profiles() {
        return profiles;
    }

    /** In the order of the catalog. */
    public List<String> segmentIds() {
        return segments.all().stream().map(Segments.Segment::id).toList();
    }

    /** In UTF-8; the stream stays open. */
    public void writeCatalog(OutputStream out) throws IOException {
        CatalogFile.write(out, segments, offers);
    }

    /**
     * Rows {@code from} up to and without {@code to}, an object a line, in UTF-8; the stream stays open.
     *
     * @param progress told the number of rows written, now and then
     */
    public void writeProfiles(OutputStream out, long from, long to, LongConsumer progress) throws IOException {
        final ProfileRows rows = new ProfileRows(seed, segments, offers);
        final JsonFactory factory = JsonFactory.builder().build();
        try (JsonGenerator json = factory.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.setRootValueSeparator(null);
            for (long index = from; index < to; index++) {
                rows.write(index, json);
                json.writeRaw('\n');
                if ((index + 1 - from) % PROGRESS_EVERY == 0) {
                    progress.accept(index + 1 - from);
                }
            }
        }
        progress.accept(to - from);
    }

    /** Writes both files; each appears whole or not at all. */
    public void writeTo(Path directory, LongConsumer progress) throws IOException {
        Files.createDirectories(directory);
        writeWhole(directory.resolve(CATALOG_FILE), this::writeCatalog);
        writeWhole(directory.resolve(PROFILES_FILE), out -> writeProfiles(out, 0, profiles, progress));
    }

    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private static void writeWhole(Path file, Content content) throws IOException {
        final Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unfinished), BUFFER_BYTES)) {
                content.writeTo(out);
            }
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
