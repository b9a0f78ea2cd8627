package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.files.FileLine;
import io.zandloper.server.files.FileLines;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends the lines of a file in pieces, one request at a time: the order of lines is the order of changes. While the
 * server works on a piece the next one is read.
 */
final class Importer {
    private final ServerClient client;
    private final String path;
    private final ImportReport report;
    private final ImportProgress progress;

    /** A piece that is on its way. */
    private record Sent(ImportPiece piece, CompletableFuture<ServerClient.Answer> answer) {}

    Importer(ServerClient client, String path, ImportReport report, ImportProgress progress) {
        this.client = client;
        this.path = path;
        this.report = report;
        this.progress = progress;
    }

    /** @throws CommandException where the server is gone or refuses a piece as a whole */
    void send(Path file, FileLines lines) {
        Sent underWay = null;
        ImportPiece piece = new ImportPiece();
        for (FileLine line = lines.next(); line != null; line = lines.next()) {
            if (!piece.hasRoomFor(line)) {
                underWay = sendAfter(underWay, piece, file);
                piece = new ImportPiece();
                progress.show(report, lines.positionBytes());
            }
            if (!piece.add(line)) {
                report.reject(file, line.number(), String.valueOf(line.refusal()));
            }
        }
        finish(sendAfter(underWay, piece, file), file);
        progress.end();
    }

    private @Nullable Sent sendAfter(@Nullable Sent before, ImportPiece piece, Path file) {
        finish(before, file);
        return piece.isEmpty() ? null : new Sent(piece, client.postLines(path, piece.body()));
    }

    private void finish(@Nullable Sent sent, Path file) {
        if (sent == null) {
            return;
        }
        final ServerClient.Answer answer = client.await(sent.answer());
        final JsonNode result = answer.json();
        report.add(result, file, sent.piece());
        if (!answer.isOk()) {
            throw new CommandException(
                    "the server refuses lines " + sent.piece().firstLine() + " to "
                            + sent.piece().lastLine() + " of " + file + ": " + answer.problem());
        }
    }
}
