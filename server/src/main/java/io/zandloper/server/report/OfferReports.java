package io.zandloper.server.report;

import io.zandloper.storage.ChangeObserver;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.format.StoredFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that is counted of offers, and what it comes to. Thread-safe.
 *
 * <p>Counters outlive a restart: they are kept in a file now and then and when this is closed, so that a crash loses what
 * was counted since it was last kept. They are beside the truth, not part of it: no snapshot holds them.
 */
public final class OfferReports implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OfferReports.class);
    private static final String FILE = "reports.counts";
    private static final long EXPLAINED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Ids offers = new Ids(ReportLimits.IDS_MAX, ReportLimits.UNKNOWN_IDS_MAX);
    private final Ids placements = new Ids(ReportLimits.IDS_MAX, ReportLimits.UNKNOWN_IDS_MAX);
    private final HoldoutStudies studies;
    private final EventTally events;
    private final List<DecisionTally> decisions = new CopyOnWriteArrayList<>();
    private final ReasonTally reasons = new ReasonTally(offers, placements);
    private final ReasonSampler sampler;
    private volatile StoredReport earlier;
    private @Nullable Path file;
    /** Of what is in the file; -1 for nothing that this process wrote. */
    private long keptChecksum = -1;

    /**
     * Begins to count.
     *
     * @param catalog in force
     * @param reasonSharePercent of one processor, for explaining decisions once more; 0 for none
     */
    public OfferReports(MicrosClock clock, LongSupplier nanoTime, Supplier<Catalog> catalog, int reasonSharePercent) {
        this.studies = new HoldoutStudies(clock);
        this.events = new EventTally(
                offers,
                placements,
                studies,
                id -> catalog.get().offer(id) != null,
                id -> catalog.get().placement(id) != null);
        this.sampler = new ReasonSampler(reasonSharePercent, nanoTime, reasons);
        this.earlier = StoredReport.begunAt(clock.nowMicros());
    }

    /**
     * Goes on with what an earlier run has left in a folder, and keeps it there from now on. A file that is not whole, or
     * of another version, is set aside under another name and counting begins anew.
     */
    public synchronized void keepIn(Path folder) {
        final Path kept = folder.resolve(FILE);
        file = kept;
        if (!Files.exists(kept)) {
            return;
        }
        try {
            final StoredReport stored = StoredReport.read(kept);
            earlier = stored;
            if (stored.study() != null) {
                studies.resume(stored.study());
            }
        } catch (StoredFileException | UncheckedIOException e) {
            setAside(kept, e);
        }
    }

    private static void setAside(Path kept, RuntimeException because) {
        final Path aside = kept.resolveSibling(FILE + ".unreadable");
        LOG.warn("The counters of the reports begin anew, {} is kept: {}", aside, because.getMessage());
        try {
            Files.move(kept, aside, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("{} cannot be renamed and will be replaced: {}", kept, e.toString());
        }
    }

    /** Begins to explain decisions once more. */
    public void explainWith(Explaining explaining) {
        sampler.start(explaining);
    }

    /** Decides nothing once more from now on. */
    public void stopExplaining() {
        sampler.close();
    }

    /** What the storage is to tell of events and of who goes. */
    public ChangeObserver observer() {
        return events;
    }

    /** For one thread that decides. */
    public DecisionTally newTally() {
        final DecisionTally tally = new DecisionTally(offers, placements, studies, sampler);
        decisions.add(tally);
        return tally;
    }

    /** Waits until the decisions counted so far that are to be explained are, though not for long. */
    public void settle() {
        sampler.await(EXPLAINED_WITHIN_NANOS);
    }

    /** What was counted up to now. May take long where offers and placements are many: not for an event loop. */
    public OfferReport report() {
        final Totals totals = totals();
        final List<OfferReport.Row> rows = new ArrayList<>(totals.size());
        final OfferReport.Row[] other = new OfferReport.Row[1];
        totals.forEach((pair, counts) -> {
            if (pair.offer() == Ids.OTHER || pair.placement() == Ids.OTHER) {
                other[0] = sum(other[0], counts);
            } else {
                rows.add(new OfferReport.Row(offers.id(pair.offer()), placements.id(pair.placement()), counts));
            }
        });
        rows.sort(OfferReport.ORDER);
        final StoredReport before = earlier;
        return new OfferReport(
                before.sinceMicros(),
                before.decisions() + sum(DecisionTally::decisions),
                before.explained() + reasons.explained() + sum(DecisionTally::explained),
                before.whatIfs() + sum(DecisionTally::whatIfs),
                rows,
                other[0],
                comparison());
    }

    private Totals totals() {
        final Totals totals = new Totals();
        for (final OfferReport.Row row : earlier.rows()) {
            for (int column = 0; column < Column.COUNT; column++) {
                if (row.counts()[column] != 0) {
                    totals.add(
                            row.offer() == null ? Ids.OTHER : offers.number(row.offer()),
                            row.placement() == null
                                    ? row.offer() == null ? Ids.OTHER : Ids.NONE
                                    : placements.number(row.placement()),
                            column,
                            row.counts()[column]);
                }
            }
        }
        decisions.forEach(tally -> tally.addTo(totals));
        events.addTo(totals);
        reasons.addTo(totals);
        return totals;
    }

    private static OfferReport.Row sum(OfferReport.@Nullable Row present, long[] counts) {
        final long[] sum = counts.clone();
        for (int column = 0; present != null && column < sum.length; column++) {
            sum[column] += present.counts()[column];
        }
        return new OfferReport.Row(null, null, sum);
    }

    private long sum(ToLongFunction<DecisionTally> count) {
        return decisions.stream().mapToLong(count).sum();
    }

    private @Nullable HoldoutComparison comparison() {
        final HoldoutStudy study = studies.current();
        if (study == null) {
            return null;
        }
        final HoldoutStudy.Counts counts = study.counts();
        return new HoldoutComparison(
                study.policy().percent(),
                study.sinceMicros(),
                new HoldoutComparison.Group(counts.treated(), counts.treatedConverted()),
                new HoldoutComparison.Group(counts.heldOut(), counts.heldOutConverted()));
    }

    /** Keeps what was counted, where there is a file to keep it in and it has changed. What goes wrong is logged. */
    public synchronized void save() {
        final Path kept = file;
        if (kept == null) {
            return;
        }
        final ByteBuffer payload = StoredReport.payload(report(), studies.current());
        final CRC32C checksum = new CRC32C();
        checksum.update(payload.duplicate());
        if (checksum.getValue() == keptChecksum) {
            return;
        }
        try {
            StoredReport.write(kept, payload);
            keptChecksum = checksum.getValue();
        } catch (UncheckedIOException e) {
            LOG.warn(
                    "The counters of the reports cannot be kept: {}: {}", e.getMessage(), String.valueOf(e.getCause()));
        }
    }

    /** Keeps what was counted: nothing is counted any more. */
    @Override
    public void close() {
        sampler.close();
        save();
    }
}
