package io.zandloper.storage;

import java.util.function.Supplier;

/** Runs something on the writer between two changes, and waits for it. */
interface BetweenChanges {
    /**
     * @return what {@code work} gave
     * @throws StorageException where it failed, or the writer is stopping
     */
    <T> T run(Supplier<T> work) throws InterruptedException;
}
