package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What became of the lines that were sent. */
final class ImportReport {
    private static final int REJECTIONS_SHOWN = 20;

    private final List<String> rejections = new ArrayList<>();
    private long accepted;
    private long duplicates;
    private long rejected;
    private long sequence;

    /** Adds a server's answer, also one that tells how far it came before it refused the rest. */
    void add(JsonNode result, Path file, ImportPiece piece) {
        accepted += result.path("accepted").asLong();
        duplicates += result.path("duplicates").asLong();
        rejected += result.path("rejected").asLong();
        sequence = Math.max(sequence, result.path("sequence").asLong());
        for (JsonNode error : result.path("errors")) {
            if (error.has("line")) {
                show(
                        file,
                        piece.fileLine(error.path("line").asInt()),
                        error.path("reason").asText());
            }
        }
    }

    void reject(Path file, long line, String reason) {
        rejected++;
        show(file, line, reason);
    }

    private void show(Path file, long line, String reason) {
        if (rejections.size() < REJECTIONS_SHOWN) {
            rejections.add(file + ":" + line + ": " + reason);
        }
    }

    long accepted() {
        return accepted;
    }

    long rejected() {
        return rejected;
    }

    /** Lines that are through. */
    long done() {
        return accepted + duplicates + rejected;
    }

    void print(PrintWriter out, boolean withDuplicates) {
        rejections.forEach(out::println);
        if (rejected > rejections.size()) {
            out.println("and " + (rejected - rejections.size()) + " more");
        }
        out.println("accepted " + accepted + (withDuplicates ? ", duplicates " + duplicates : "") + ", rejected "
                + rejected + ", sequence " + sequence);
    }
}
