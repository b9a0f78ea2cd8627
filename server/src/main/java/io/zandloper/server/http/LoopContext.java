package io.zandloper.server.http;

import io.netty.handler.codec.DateFormatter;
import io.zandloper.server.decision.Deciding;
import io.zandloper.server.metrics.OperationRecorder;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.StorageReader;
import java.time.Instant;
import java.util.Date;

/** What the calls of one event loop share. Belongs to that loop's thread. */
final class LoopContext {
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final StorageReader reader;
    private final OperationRecorder recorder;
    private final MicrosClock clock;
    private final Deciding deciding;
    private long dateSecond = Long.MIN_VALUE;
    private String date = "";

    LoopContext(StorageReader reader, OperationRecorder recorder, MicrosClock clock, Deciding deciding) {
        this.deciding = deciding;
        this.reader = reader;
        this.recorder = recorder;
        this.clock = clock;
    }

    StorageReader reader() {
        return reader;
    }

    OperationRecorder recorder() {
        return recorder;
    }

    Deciding deciding() {
        return deciding;
    }

    MicrosClock clock() {
        return clock;
    }

    /** The value of the {@code Date} header, made once a second. */
    String date() {
        final long second = Math.floorDiv(clock.nowMicros(), MICROS_PER_SECOND);
        if (second != dateSecond) {
            dateSecond = second;
            date = DateFormatter.format(Date.from(Instant.ofEpochSecond(second)));
        }
        return date;
    }
}
