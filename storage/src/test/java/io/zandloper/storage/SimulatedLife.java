package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.PossibleStates.Heard;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.journal.Journal;
import io.zandloper.storage.journal.JournalPins;
import io.zandloper.storage.journal.JournalTip;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.snapshot.SnapshotSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A storage between two starts: the production classes in one thread, on a {@link SimulatedMachine}. */
final class SimulatedLife implements SnapshotSource, BetweenChanges {
    private static final long HOUR = 3_600_000_000L;
    private static final int KEPT = 2;
    private static final long JOURNAL_FILE_BYTES = 3_000;
    private static final int QUEUE_LENGTH = 64;

    private final SimulatedMachine machine;
    private final SimulatedChanges changes;
    private final PossibleStates states;
    private final StorageSimulation.Counts counts;
    private final LongConsumer onMoment;
    private final SplittableRandom random;
    private final Tables tables;
    private final Journal journal;
    private final Writer writer;
    private final Snapshots snapshots;
    private final SnapshotChores chores;
    private boolean walking;
    private boolean broken;
    private boolean closing;

    /** Catalogs that are being laid out, or wait for it, in their order. */
    private final List<Hearing> catalogs = new ArrayList<>();

    /** @param onMoment told the sequence of every moment that a snapshot asks for */
    SimulatedLife(
            SimulatedMachine machine,
            SimulatedChanges changes,
            PossibleStates states,
            StorageSimulation.Counts counts,
            LongConsumer onMoment,
            SplittableRandom random) {
        this.machine = machine;
        this.changes = changes;
        this.states = states;
        this.counts = counts;
        this.onMoment = onMoment;
        this.random = random;
        final SplittableRandom keys = random.split();
        final Platform platform = new Platform(machine.disk, machine.memory, machine.records, keys::nextBytes);
        final DataFolder folder = new DataFolder(
                machine.root,
                machine.journalFolder,
                platform,
                JournalFolder.identityKey(platform, machine.journalFolder));
        final Recovery.Recovered recovered =
                new Recovery(folder, machine.nowMicros(), SimulatedChanges::catalogOf).run();
        tables = recovered.tables();
        final NodeState node = NodeState.open(platform, machine.journalFolder, recovered.end());
        journal = Journal.open(
                machine.disk,
                machine.journalFolder,
                machine.durability,
                JOURNAL_FILE_BYTES,
                node.openAtStart(recovered.clean()),
                recovered.end());
        final EffectCodec codec = new EffectCodec(tables.newIdentityHash(), SimulatedChanges::catalogOf);
        writer = new Writer(
                tables,
                journal,
                codec,
                true,
                machine::nowMicros,
                QUEUE_LENGTH,
                1 << random.nextInt(7), // from row by row to all at once
                Role.PRIMARY,
                WriterListeners.none());
        snapshots = new Snapshots(
                folder,
                machine::nowMicros,
                KEPT,
                writer,
                this,
                this,
                new JournalPins(machine.disk, machine.journalFolder));
        chores = new SnapshotChores(
                folder,
                new SnapshotSettings(Duration.ofHours(40), 6_000, KEPT),
                snapshots,
                tables.ledger(),
                tables::sequence,
                journal::appendedBytes,
                () -> 24 * HOUR,
                machine.nowMicros());
    }

    Tables tables() {
        return tables;
    }

    /** The journal takes no more. */
    boolean isBroken() {
        return broken;
    }

    @Override
    public Moment moment() {
        return run(() -> {
            hearOfCatalogs();
            final Moment moment = writer.moment();
            onMoment.accept(moment.end().sequence());
            return moment;
        });
    }

    @Override
    public <T> T run(Supplier<T> work) {
        final var done = writer.between(work);
        while (!done.isDone()) {
            writer.workBatch();
        }
        try {
            return done.join();
        } catch (CompletionException e) {
            throw new StorageException(String.valueOf(e.getCause().getMessage()), e);
        }
    }

    /** While a snapshot walks, changes go on. */
    @Override
    public boolean readProfile(int ordinal, RowBits row, RecordBuffer record) {
        if (!walking && random.nextInt(3) == 0) {
            walking = true;
            changeSome();
            walking = false;
        }
        return tables.published().rows().read(ordinal, row) && tables.records().get(ordinal, record);
    }

    /** A change, and what was heard of it; null for nothing yet. */
    private final class Hearing implements ChangeListener {
        final Change change;

        @Nullable
        Heard heard;

        Hearing(Change change) {
            this.change = change;
        }

        @Override
        public void onOutcome(ChangeOutcome outcome) {
            heard = new Heard(outcome, null, 0);
        }

        @Override
        public void onFailure(StorageException cause) {
            heard = new Heard(null, cause.getMessage(), journal.lastSequence());
        }

        /** Of the newest change when this one was answered: itself, where it is one. */
        long sequence() {
            final Heard answer = Objects.requireNonNullElse(heard, Heard.NOTHING);
            return answer.outcome() == null
                    ? answer.journalEnd()
                    : answer.outcome().sequence();
        }
    }

    /** Hands some changes to the writer as one batch, and has it noted what came of each, and what may have. */
    void changeSome() {
        hearOfCatalogs();
        final List<Hearing> batch = new ArrayList<>();
        for (int left = random.nextInt(4); left >= 0; left--) {
            batch.add(new Hearing(changes.next(tables)));
            counts.changes++;
        }
        final long journalBegin = journal.lastSequence();
        for (final Hearing hearing : batch) {
            assertThat(writer.submit(hearing.change, hearing)).isTrue();
        }
        writer.workBatch();
        final List<Hearing> answered = new ArrayList<>();
        for (final Hearing hearing : batch) {
            if (hearing.change instanceof ReplaceCatalog) {
                counts.laidOutInSteps += hearing.heard == null ? 1 : 0;
                catalogs.add(hearing);
            } else {
                answered.add(hearing);
            }
        }
        // A catalog has its place among the changes where it was stored, not where it came.
        for (final Hearing catalog : takeHeard()) {
            int place = 0;
            while (place < answered.size() && answered.get(place).sequence() < catalog.sequence()) {
                place++;
            }
            answered.add(place, catalog);
        }
        note(answered, journalBegin);
    }

    /** Notes what became of catalogs while no change came. */
    void hearOfCatalogs() {
        note(takeHeard(), states.acknowledgedSequence());
    }

    private List<Hearing> takeHeard() {
        final List<Hearing> heard =
                catalogs.stream().filter(hearing -> hearing.heard != null).toList();
        catalogs.removeAll(heard);
        return heard;
    }

    private void note(List<Hearing> hearings, long journalBegin) {
        if (!broken && !hearings.isEmpty()) { // else nothing was taken
            broken = states.onBatch(
                    hearings.stream().map(hearing -> hearing.change).toList(),
                    hearings.stream()
                            .map(hearing -> Objects.requireNonNullElse(hearing.heard, Heard.NOTHING))
                            .toList(),
                    journalBegin,
                    machine.nowMicros());
        }
    }

    void doWhatIsDue() throws InterruptedException {
        try {
            switch (chores.due(machine.nowMicros())) {
                case SNAPSHOT -> {
                    counts.snapshots++;
                    snapshots.take();
                    chores.onDone();
                }
                case COMPLETE_ERASURES -> {
                    counts.purges++;
                    final long before = machine.nowMicros();
                    snapshots.completeErasures();
                    assertThat(tables.ledger().oldestPendingMicros()).isGreaterThanOrEqualTo(before);
                    chores.onDone();
                }
                case NOTHING -> {}
            }
        } catch (StorageException e) {
            if (machine.disk.hasCrashed()) {
                throw e;
            }
            chores.onFailed(machine.nowMicros());
        }
    }

    void stop() throws InterruptedException {
        writer.workBatch();
        hearOfCatalogs();
        if (writer.broken() != null) {
            throw new StorageException("as after a kill");
        }
        journal.close();
        closing = true;
        tables.close(journal.end(), JournalTip.of(machine.disk, machine.journalFolder));
    }

    void abandon() {
        hearOfCatalogs();
        if (closing) {
            return; // what could be closed is
        }
        try {
            tables.abandon();
        } catch (RuntimeException e) {
            assertThat(machine.disk.hasCrashed()).as("abandoned: %s", e).isTrue();
        }
    }
}
