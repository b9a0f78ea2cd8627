package io.zandloper.server.decision;

import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.storage.catalog.Catalog;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all threads that decide have in common: catalogs laid out for it, and who listens. Thread-safe.
 *
 * <p>Laying out thousands of offers takes seconds, so it is done once for each catalog and never by an event loop: whoever
 * replaces a catalog has it prepared before. One that was not is laid out by a thread of its own here, and the catalog
 * before it decides until that is done. A layout is kept with its catalog and goes with it.
 */
public final class Decisions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Decisions.class);

    private final Supplier<DecisionListener> listeners;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("zandloper-layout").daemon().factory());

    /** The catalog that the thread lays out, or has. */
    private @Nullable Catalog aside;

    /** @param listener told of every decision of every thread */
    public Decisions(DecisionListener listener) {
        this(() -> listener);
    }

    private Decisions(Supplier<DecisionListener> listeners) {
        this.listeners = listeners;
    }

    /** @param listeners makes one for each thread, told of every decision of that thread */
    public static Decisions heardBy(Supplier<DecisionListener> listeners) {
        return new Decisions(listeners);
    }

    /** For one thread. */
    public Deciding newDeciding() {
        return newDeciding(listeners.get());
    }

    /** For one thread whose decisions another listener is told of: of none that is served, say. */
    public Deciding newDeciding(DecisionListener listener) {
        return new Deciding(this, listener);
    }

    /** Lays a catalog out, unless it is, and returns when it is done. Takes seconds; not for event loops. */
    public CompiledCatalog prepare(Catalog catalog) {
        final CompiledCatalog present = find(catalog);
        if (present != null) {
            return present;
        }
        final CompiledCatalog made = CompiledCatalog.of(catalog);
        catalog.attach(made);
        return made;
    }

    /** The layout of a catalog; null where there is none yet, but one is being made. */
    @Nullable
    CompiledCatalog layoutOf(Catalog catalog) {
        final CompiledCatalog present = find(catalog);
        if (present == null) {
            prepareAside(catalog);
        }
        return present;
    }

    private static @Nullable CompiledCatalog find(Catalog catalog) {
        return (CompiledCatalog) catalog.attachment();
    }

    private synchronized void prepareAside(Catalog catalog) {
        if (aside != catalog && !thread.isShutdown()) {
            aside = catalog;
            thread.execute(() -> layOut(catalog));
        }
    }

    private void layOut(Catalog catalog) {
        try {
            prepare(catalog);
        } catch (RuntimeException e) {
            LOG.error("The catalog cannot be laid out; the one before it goes on deciding.", e);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
