package io.zandloper.storage;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** On which threads an engine's parts run: on their own, or, in a test, step by step on one. */
interface EngineThreads {
    /** Each part on a thread of its own. */
    EngineThreads OWN = new EngineThreads() {
        @Override
        public void start(Writer writer, Housekeeping housekeeping) {
            writer.start();
            housekeeping.start();
        }

        @Override
        public ExecutorService forSnapshots() {
            return Executors.newSingleThreadExecutor(task -> new Thread(task, "zandloper-snapshot"));
        }

        @Override
        public BetweenChanges between(Writer writer) {
            return SnapshotThread.between(writer);
        }
    };

    /** Has them begin. */
    void start(Writer writer, Housekeeping housekeeping);

    /** Takes snapshots, one after another. */
    ExecutorService forSnapshots();

    /** Waits for the writer. */
    BetweenChanges between(Writer writer);
}
