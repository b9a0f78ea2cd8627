package io.zandloper.storage.epoch;

/** Frees what is no longer reachable, as soon as no reader can still hold it. */
@FunctionalInterface
public interface Reclaimer {
    /** Called by the writer after it has unlinked what {@code free} frees; {@code free} runs later on the writer. */
    void retire(Runnable free);
}
