package io.zandloper.server.http;

import io.zandloper.server.json.JsonBody;
import io.zandloper.server.json.SimulationWriter;
import io.zandloper.server.simulate.SampledOrdinals;
import io.zandloper.server.simulate.Simulation;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.profile.Profile;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A simulation as lines: how far it is, now and then, and in the end its report. It works only as long as somebody asks for
 * the next line, and rests as long as it works.
 */
final class SimulationLines implements AnswerSource {
    /** So many profiles are read at a time: the reader soon leaves, so that it does not keep memory from being freed. */
    private static final int PROFILES_PER_VISIT = 16;

    private static final long PROGRESS_NANOS = 200_000_000L;
    /** It rests as soon as it has worked for so long. */
    private static final long WORK_NANOS = 1_000_000L;
    /** Work that was kept from the processor, or met slow conditions, does not make it rest for longer. */
    private static final long REST_NANOS_MAX = 20_000_000L;

    private final StorageReader reader;
    private final SampledOrdinals ordinals;
    private final Simulation simulation;
    private final SimulationWriter writer;
    private final SimulationWorker worker;
    /** Read and not decided for yet. */
    private final Deque<Profile> read = new ArrayDeque<>(PROFILES_PER_VISIT);

    private int done;
    private long workingSinceNanos;
    private boolean isBegun;
    private boolean isEnded;

    /** @param reader is closed with this, and the worker told that it has ended */
    SimulationLines(
            StorageReader reader,
            SampledOrdinals ordinals,
            Simulation simulation,
            SimulationWriter writer,
            SimulationWorker worker) {
        this.reader = reader;
        this.ordinals = ordinals;
        this.simulation = simulation;
        this.writer = writer;
        this.worker = worker;
    }

    @Override
    public byte @Nullable [] next() {
        if (isEnded) {
            return null;
        }
        // The first line comes at once: it tells that there is a simulation, and how long it will be.
        workingSinceNanos = System.nanoTime();
        final long untilNanos = workingSinceNanos + (isBegun ? PROGRESS_NANOS : 0);
        isBegun = true;
        while (ordinals.hasNext() || !read.isEmpty()) {
            if (worker.isStopping()) {
                isEnded = true;
                return line(writer.stopped());
            }
            if (System.nanoTime() >= untilNanos) {
                return line(writer.progress(done, ordinals.size()));
            }
            if (read.isEmpty()) {
                visit();
            } else {
                simulation.add(read.remove());
                done++;
            }
            restIfDue();
        }
        isEnded = true;
        return line(writer.report(simulation.report()));
    }

    private void visit() {
        final View view = reader.enter();
        try {
            for (int i = 0; i < PROFILES_PER_VISIT && ordinals.hasNext(); i++) {
                final Profile profile = view.readProfile(ordinals.next());
                if (profile != null) {
                    read.add(profile);
                } else {
                    // Erased since they were counted.
                    done++;
                }
            }
        } finally {
            reader.leave();
        }
    }

    /** As long as it worked, up to a bound: it takes half of a processor unless a few profiles take very long. */
    private void restIfDue() {
        final long workedNanos = System.nanoTime() - workingSinceNanos;
        if (workedNanos >= WORK_NANOS) {
            LockSupport.parkNanos(Math.min(workedNanos, REST_NANOS_MAX));
            workingSinceNanos = System.nanoTime();
        }
    }

    private static byte[] line(JsonBody body) {
        final byte[] json = body.toUtf8();
        final byte[] line = new byte[json.length + 1];
        System.arraycopy(json, 0, line, 0, json.length);
        line[json.length] = '\n';
        return line;
    }

    @Override
    public void close() {
        reader.close();
        worker.end();
    }
}
