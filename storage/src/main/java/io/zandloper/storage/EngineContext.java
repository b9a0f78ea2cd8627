package io.zandloper.storage;

/**
 * What one engine after another works with.
 *
 * @param failures what fails without a caller
 * @param listeners told of changes
 * @param threads on which it all runs
 * @param journalFileBytes after which a file of the journal is followed by another
 */
record EngineContext(
        StorageConfig config,
        CatalogLoader catalogLoader,
        MicrosClock clock,
        Platform platform,
        Failures failures,
        WriterListeners listeners,
        EngineThreads threads,
        long journalFileBytes) {}
