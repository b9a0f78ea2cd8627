package io.zandloper.server.report;

import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.MetadataFile;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier run counted, as its file has it. Numbers are LEB128, texts UTF-8 with their length before them:
 *
 * <pre>
 *   since, decisions, explained, what-ifs
 *   columns                          how many counters a row has
 *   rows, then for each:             offer, placement (empty for none), its counters
 *   0, or 1 and the holdout's study: percent (the double's bits), salt, since,
 *                                    pieces, then for each: its place, and its words of the three bits
 * </pre>
 *
 * @param rows of what is counted together the offer and the placement are null
 * @param study null where there was no holdout
 */
record StoredReport(
        long sinceMicros,
        long decisions,
        long explained,
        long whatIfs,
        List<OfferReport.Row> rows,
        @Nullable HoldoutStudy study) {
    private static final MetadataFile FILE = new MetadataFile("ZNDLREPT", 1, 1);
    private static final int VALUE_BITS = 7;
    private static final int MORE = 1 << VALUE_BITS;

    static StoredReport begunAt(long sinceMicros) {
        return new StoredReport(sinceMicros, 0, 0, 0, List.of(), null);
    }

    /** Replaces the file in one step. */
    static void write(Path file, ByteBuffer payload) {
        FILE.write(file, payload);
    }

    /** What the file has of a report. */
    static ByteBuffer payload(OfferReport report, @Nullable HoldoutStudy study) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        put(bytes, report.sinceMicros());
        put(bytes, report.decisions());
        put(bytes, report.explained());
        put(bytes, report.whatIfs());
        put(bytes, Column.COUNT);
        put(bytes, report.rows().size() + (report.other() == null ? 0 : 1));
        report.rows().forEach(row -> put(bytes, row));
        if (report.other() != null) {
            put(bytes, report.other());
        }
        if (study == null) {
            put(bytes, 0);
        } else {
            put(bytes, 1);
            put(bytes, study);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    private static void put(ByteArrayOutputStream bytes, OfferReport.Row row) {
        put(bytes, row.offer() == null ? "" : row.offer());
        put(bytes, row.placement() == null ? "" : row.placement());
        for (final long count : row.counts()) {
            put(bytes, count);
        }
    }

    private static void put(ByteArrayOutputStream bytes, HoldoutStudy study) {
        put(bytes, Double.doubleToLongBits(study.policy().percent()));
        put(bytes, study.policy().salt());
        put(bytes, study.sinceMicros());
        final BitChunks[] bits = study.bits();
        final List<Integer> chunks = new ArrayList<>();
        for (int chunk = 0; chunk < BitChunks.CHUNKS_MAX; chunk++) {
            if (bits[0].hasChunk(chunk)) {
                chunks.add(chunk);
            }
        }
        put(bytes, chunks.size());
        for (final int chunk : chunks) {
            put(bytes, chunk);
            for (final BitChunks kind : bits) {
                for (int index = 0; index < BitChunks.CHUNK_WORDS; index++) {
                    put(bytes, kind.word(chunk, index));
                }
            }
        }
    }

    /** @throws io.zandloper.storage.format.StoredFileException where it is damaged or of another version */
    static StoredReport read(Path file) {
        final ByteBuffer bytes = FILE.read(file).payload();
        try {
            return read(bytes);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new CorruptFileException(file, "it does not hold what it says: " + e);
        }
    }

    private static StoredReport read(ByteBuffer bytes) {
        final long sinceMicros = number(bytes);
        final long decisions = number(bytes);
        final long explained = number(bytes);
        final long whatIfs = number(bytes);
        final int columns = count(bytes);
        if (columns != Column.COUNT) {
            throw new IllegalArgumentException("columns=" + columns);
        }
        final List<OfferReport.Row> rows = new ArrayList<>();
        for (int left = count(bytes); left > 0; left--) {
            rows.add(row(bytes));
        }
        return new StoredReport(
                sinceMicros, decisions, explained, whatIfs, rows, number(bytes) == 0 ? null : study(bytes));
    }

    private static OfferReport.Row row(ByteBuffer bytes) {
        final String offer = text(bytes);
        final String placement = text(bytes);
        final long[] counts = new long[Column.COUNT];
        for (int column = 0; column < counts.length; column++) {
            counts[column] = number(bytes);
        }
        return new OfferReport.Row(offer.isEmpty() ? null : offer, placement.isEmpty() ? null : placement, counts);
    }

    private static HoldoutStudy study(ByteBuffer bytes) {
        final double percent = Double.longBitsToDouble(number(bytes));
        final HoldoutStudy study = new HoldoutStudy(new Holdout(percent, text(bytes)), number(bytes));
        for (int left = count(bytes); left > 0; left--) {
            final int chunk = count(bytes);
            for (final BitChunks kind : study.bits()) {
                for (int index = 0; index < BitChunks.CHUNK_WORDS; index++) {
                    kind.setWord(chunk, index, number(bytes));
                }
            }
        }
        return study;
    }

    private static void put(ByteArrayOutputStream bytes, String text) {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        put(bytes, utf8.length);
        bytes.writeBytes(utf8);
    }

    private static void put(ByteArrayOutputStream bytes, long number) {
        long left = number;
        while (left < 0 || left >= MORE) {
            bytes.write((int) left | MORE);
            left >>>= VALUE_BITS;
        }
        bytes.write((int) left);
    }

    private static long number(ByteBuffer bytes) {
        long number = 0;
        for (int shift = 0; ; shift += VALUE_BITS) {
            final byte next = bytes.get();
            number |= (next & (MORE - 1L)) << shift;
            if (next >= 0) {
                return number;
            }
        }
    }

    private static int count(ByteBuffer bytes) {
        return Math.toIntExact(number(bytes));
    }

    private static String text(ByteBuffer bytes) {
        final byte[] utf8 = new byte[count(bytes)];
        bytes.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
