package io.zandloper.server.report;

import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import org.jspecify.annotations.Nullable;

/**
 * The study of the holdout that is in force. Another percentage or salt draws other people, and so begins another study;
 * a new catalog with the same holdout goes on with it. Any thread.
 */
final class HoldoutStudies {
    private final MicrosClock clock;
    private volatile @Nullable HoldoutStudy current;
    private long catalogVersion;

    HoldoutStudies(MicrosClock clock) {
        this.clock = clock;
    }

    /** The one in force; null where the catalog of the newest decision has no holdout. */
    @Nullable
    HoldoutStudy current() {
        return current;
    }

    /** The one that decisions of a catalog belong to; null for a catalog without holdout, or that has been replaced. */
    synchronized @Nullable HoldoutStudy of(Catalog catalog) {
        if (catalog.version() < catalogVersion) {
            return null;
        }
        catalogVersion = catalog.version();
        final Holdout policy = catalog.policies().holdout();
        final HoldoutStudy present = current;
        if (policy == null) {
            current = null;
        } else if (present == null || !present.policy().equals(policy)) {
            current = new HoldoutStudy(policy, clock.nowMicros());
        }
        return current;
    }

    /** Begins another study with the same holdout: nobody is known by the numbers of before. */
    synchronized void beginAnew() {
        final HoldoutStudy present = current;
        catalogVersion = 0; // a state that was received may have an older one
        current = present == null ? null : new HoldoutStudy(present.policy(), clock.nowMicros());
    }

    /** Goes on with one of an earlier run. */
    synchronized void resume(HoldoutStudy study) {
        current = study;
    }
}
