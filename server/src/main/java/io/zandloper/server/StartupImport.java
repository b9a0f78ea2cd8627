package io.zandloper.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.cli.CommandException;
import io.zandloper.server.files.FileLine;
import io.zandloper.server.files.FileLines;
import io.zandloper.server.json.MalformedBodyException;
import io.zandloper.server.json.Problem;
import io.zandloper.server.json.ProfileReader;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.profile.InvalidInputException;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of {@code --import}, each line applied as one of {@code POST /v1/bulk}. A line that is refused is told to the
 * log and does not keep the server from starting.
 */
final class StartupImport {
    private static final Logger LOG = LoggerFactory.getLogger(StartupImport.class);
    /** Fewer than the writer's queue has room for, and enough to keep the writer busy. */
    private static final int CHANGES_IN_FLIGHT_MAX = 4_096;

    private static final int REFUSALS_SHOWN = 20;

    private final Storage storage;
    private final StopSignal stop;
    private final Semaphore room = new Semaphore(CHANGES_IN_FLIGHT_MAX);
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicInteger shown = new AtomicInteger();
    private final AtomicReference<@Nullable StorageException> failure = new AtomicReference<>();

    StartupImport(Storage storage, StopSignal stop) {
        this.storage = storage;
        this.stop = stop;
    }

    /** @throws CommandException where the name does not say JSON lines */
    static void checkName(Path file) {
        if (!FileLines.isJson(file)) {
            throw new CommandException("--import takes .jsonl or .ndjson, also .gz, and not " + file
                    + "; send a CSV file with ./zandloper import --id");
        }
    }

    /**
     * Applies one file; returns early where the process is asked to end.
     *
     * @throws io.zandloper.server.files.FileException where the file cannot be read
     * @throws StorageException where the storage takes no more
     */
    void apply(Path file) throws InterruptedException {
        final long acceptedBefore = accepted.get();
        final long refusedBefore = refused.get();
        try (FileLines lines = FileLines.openJson(file)) {
            for (FileLine line = lines.next(); line != null && !stop.isRequested(); line = lines.next()) {
                apply(file, line);
            }
        } finally {
            // Every change has been answered when all room is back.
            room.acquire(CHANGES_IN_FLIGHT_MAX);
            room.release(CHANGES_IN_FLIGHT_MAX);
        }
        throwIfBroken();
        LOG.info(
                "Imported {}: accepted {}, rejected {}.",
                file,
                accepted.get() - acceptedBefore,
                refused.get() - refusedBefore);
    }

    private void apply(Path file, FileLine line) throws InterruptedException {
        final byte[] json = line.json();
        if (json == null) {
            refuse(file, line.number(), String.valueOf(line.refusal()));
            return;
        }
        try {
            final ObjectNode document = StrictJson.parseObject(json, 0, json.length);
            submit(ProfileReader.readLine(document, UpsertProfile.Mode.MERGE), file, line.number());
        } catch (MalformedBodyException e) {
            refuse(file, line.number(), String.valueOf(e.getMessage()));
        } catch (InvalidInputException e) {
            refuse(file, line.number(), Problem.summary(e.errors()));
        }
    }

    private void submit(UpsertProfile change, Path file, long number) throws InterruptedException {
        throwIfBroken();
        room.acquire();
        final boolean isQueued = storage.submit(change, new ChangeListener() {
            @Override
            public void onOutcome(ChangeOutcome outcome) {
                if (outcome.status().isAccepted()) {
                    accepted.incrementAndGet();
                } else {
                    refuse(file, number, Problem.reason(outcome));
                }
                room.release();
            }

            @Override
            public void onFailure(StorageException cause) {
                failure.compareAndSet(null, cause);
                room.release();
            }
        });
        if (!isQueued) {
            room.release();
            throw new IllegalStateException("nobody else writes before the start, and the queue is full");
        }
    }

    private void throwIfBroken() {
        final StorageException broken = failure.get();
        if (broken != null) {
            throw broken;
        }
    }

    private void refuse(Path file, long number, String reason) {
        refused.incrementAndGet();
        if (shown.getAndIncrement() < REFUSALS_SHOWN) {
            LOG.warn("Not imported, {}:{}: {}.", file, number, reason);
        }
    }
}
