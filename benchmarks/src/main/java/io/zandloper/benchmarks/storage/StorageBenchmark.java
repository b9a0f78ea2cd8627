package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.subject.BenchStorage;
import io.zandloper.loadtest.report.ProgressLine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Runs what is asked for, one after the other, on one set of profiles where that is possible. */
public final class StorageBenchmark {
    /** What can be asked for, in the order in which it runs. */
    public static final List<String> GOALS =
            List.of("layout", "records", "growth", "P1", "P2", "P8", "snapshot", "P9", "P10", "P12", "catalog");

    private static final long REDIS_BYTES_A_PROFILE = 700;

    /**
     * @param lookups in one run
     * @param runs of each thing that is measured
     * @param goals of {@link #GOALS}
     * @param dataOn folder for mapped files and what they are compared with; null for that of temporary files
     * @param journalOn folder for journals, and for Redis's files; null for {@code dataOn}
     */
    public record Setup(
            int profiles,
            int lookups,
            int runs,
            Duration runTime,
            Set<String> goals,
            @Nullable Path dataOn,
            @Nullable Path journalOn) {}

    private final Setup setup;
    private final PrintWriter out;

    public StorageBenchmark(Setup setup, PrintWriter out) {
        this.setup = setup;
        this.out = out;
    }

    public List<Comparison> run() throws Exception {
        final List<Comparison> rows = new ArrayList<>();
        if (asked("layout")) {
            rows.addAll(new LayoutRows(setup.profiles(), setup.lookups(), setup.runs(), out).run());
        }
        if (asked("records")) {
            try (BenchFolder folder = BenchFolder.create(setup.dataOn(), setup.journalOn())) {
                rows.addAll(new RecordRows(folder, setup.profiles(), setup.lookups(), setup.runs(), out).run());
            }
        }
        if (asked("growth")
                || asked("P1")
                || asked("P2")
                || asked("P8")
                || asked("snapshot")
                || asked("P9")
                || asked("P10")) {
            onProfiles(rows);
        }
        if (asked("P12")) {
            try (BenchFolder folder = BenchFolder.create(setup.dataOn(), setup.journalOn())) {
                rows.addAll(new DurableRows(folder, setup.runs(), setup.runTime(), out).run());
            }
        }
        if (asked("catalog")) {
            onCatalogs(rows);
        }
        return rows;
    }

    private void onCatalogs(List<Comparison> rows) throws Exception {
        try (BenchFolder folder = BenchFolder.create(setup.dataOn(), setup.journalOn());
                BenchStorage storage = BenchStorage.open(folder)) {
            fill(storage);
            rows.addAll(new CatalogRows(storage, setup.profiles(), out).run(restartRuns(), setup.runTime()));
            storage.check(setup.profiles());
        }
    }

    private void fill(BenchStorage storage) {
        final ProgressLine progress = ProgressLine.onConsole(out, "filling the storage", setup.profiles());
        storage.putCatalog();
        storage.putProfiles(setup.profiles(), 0, progress::update);
        progress.finish();
    }

    private void onProfiles(List<Comparison> rows) throws Exception {
        final int profiles = setup.profiles();
        try (BenchFolder folder = BenchFolder.create(setup.dataOn(), setup.journalOn())) {
            try (BenchStorage storage = BenchStorage.open(folder)) {
                if (asked("growth")) {
                    final ProgressLine progress = ProgressLine.onConsole(out, "growing, then replacing", 2L * profiles);
                    rows.addAll(new PauseRows(out).growth(storage, profiles, twice(progress, profiles)));
                    progress.finish();
                } else {
                    fill(storage);
                }
                storage.check(profiles);
                out.println("pages of the tables: " + PageKinds.of(folder.data()));
                onOpenStorage(folder, storage, rows);
            }
            if (asked("P10")) {
                try (BenchFolder small = BenchFolder.create(setup.dataOn(), setup.journalOn())) {
                    rows.addAll(new RestartRows(folder, small, profiles, restartRuns(), out).run(redisProfiles()));
                }
            }
        }
    }

    private void onOpenStorage(BenchFolder folder, BenchStorage storage, List<Comparison> rows) throws Exception {
        final int profiles = setup.profiles();
        if (asked("P1") || asked("P2")) {
            rows.addAll(new LookupRows(folder, storage, profiles, setup.lookups(), setup.runs(), out)
                    .run(asked("P1"), asked("P2")));
        }
        if (asked("P8")) {
            rows.addAll(new AudienceRows(setup.runs(), out).run(folder, storage, profiles));
        }
        if (asked("snapshot")) {
            rows.addAll(new PauseRows(out).snapshots(storage, profiles, restartRuns(), setup.runTime()));
        }
        if (asked("P10") && !asked("snapshot")) {
            // As there would be one by the default settings.
            storage.storage().snapshot().get();
        }
        if (asked("P9")) {
            rows.addAll(new MemoryRows(out).run(folder, storage, redisProfiles()));
        }
    }

    /** Counts on in the second pass where the first one ended. */
    private static LongConsumer twice(ProgressLine progress, long profiles) {
        return new LongConsumer() {
            private long passed;

            @Override
            public void accept(long done) {
                progress.update(passed + done);
                if (done == profiles) {
                    passed = profiles;
                }
            }
        };
    }

    private int restartRuns() {
        return Math.min(3, setup.runs());
    }

    /** As many as ours, unless they do not fit beside them. */
    private long redisProfiles() {
        final long room = Memory.availableBytes() * 8 / 10 / REDIS_BYTES_A_PROFILE;
        if (room < setup.profiles()) {
            out.printf(Locale.ROOT, "Redis gets %,d profiles only: more would not fit into memory beside ours%n", room);
        }
        return Math.min(room, setup.profiles());
    }

    private boolean asked(String goal) {
        return setup.goals().contains(goal);
    }
}
