package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.InvalidExpressionException;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.column.AudienceQuery;
import io.zandloper.storage.column.FrozenColumns;
import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.journal.Durability;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One storage after another on one {@link SimulatedMachine}, by one seed: the production writer, journal, snapshots, ledger,
 * recovery, resolver and tables in one thread; simulated are the clock, the disk, and what memory is mapped from.
 *
 * <p>A {@link SimulatedLife} is one of them, {@link SimulatedChanges} is what it is asked for, and {@link PossibleStates} is
 * what the next one may find.
 */
final class StorageSimulation {
    private static final Audience VIPS = audience("'vip' in segments");

    private static Audience audience(String where) {
        try {
            return Audience.compile(where);
        } catch (InvalidExpressionException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private final SplittableRandom random;
    private final SimulatedMachine machine;
    private final SimulatedChanges changes;
    private final PossibleStates states;
    private final Counts counts;
    /** At the sequences of snapshots. */
    private final Map<Long, PeopleModel> moments = new HashMap<>();

    private boolean expectsDamage;
    private SimulatedLife life;

    /** What ran how often. */
    static final class Counts {
        int lives;
        int crashes;
        int cleanStops;
        int changes;
        int snapshots;
        int purges;
        int fullDisks;
        int restored;
        int flips;
        int refusals;
        int laidOutInSteps;
        long steps;
    }

    StorageSimulation(long seed, Path root, Counts counts) {
        this.random = new SplittableRandom(seed);
        this.machine = new SimulatedMachine(root, random);
        this.changes = new SimulatedChanges(random, machine);
        this.states = new PossibleStates(changes);
        this.counts = counts;
    }

    private void onMoment(long sequence) {
        final PeopleModel model = states.only();
        if (model != null) {
            moments.put(sequence, model);
        }
    }

    /** Lives, one after another, and damage at the end. */
    void run() throws InterruptedException {
        for (int left = 2 + random.nextInt(6); left > 0; left--) {
            live();
        }
        start();
        life.abandon();
        restoreSnapshots();
        if (random.nextInt(3) == 0) {
            damage();
        }
        counts.steps += machine.disk.steps();
    }

    private void live() throws InterruptedException {
        counts.lives++;
        machine.disk.crashAfter(random.nextInt(5) == 0 ? random.nextInt(40) : random.nextInt(900));
        if (random.nextInt(3) == 0) {
            machine.disk.failSyncAfter(random.nextInt(400));
        }
        machine.memory.refuseOneIn(random.nextInt(4) == 0 ? 8 : 0);
        life = null;
        boolean stopped = false;
        try {
            start();
            for (int left = random.nextInt(60); left > 0; left--) {
                disturb();
                life.changeSome();
                if (machine.disk.hasCrashed() || life.isBroken()) {
                    break;
                }
                life.doWhatIsDue();
            }
            if (random.nextBoolean() && !machine.disk.hasCrashed() && !life.isBroken()) {
                machine.disk.empty();
                machine.memory.refuseOneIn(0);
                life.run(() -> true);
                look();
                life.stop();
                stopped = true;
                counts.cleanStops++;
            }
        } catch (RuntimeException e) {
            final boolean refused = e instanceof StorageException
                    || e instanceof java.io.UncheckedIOException
                    || e instanceof io.zandloper.storage.journal.JournalException;
            if (!refused || !(machine.disk.hasCrashed() || SimulatedMachine.isCauseOf(e))) {
                throw e;
            }
        }
        if (!stopped) {
            counts.crashes++;
            if (life != null) {
                life.abandon();
            }
        }
        machine.memory.refuseOneIn(0);
        // Without a sync, a power cut may take what was acknowledged.
        machine.disk.restart(machine.durability == Durability.FSYNC && random.nextInt(3) != 0);
    }

    private void disturb() {
        if (random.nextInt(25) == 0) {
            counts.fullDisks++;
            machine.disk.fullAfter(random.nextInt(20));
        } else if (machine.disk.isFull() && random.nextInt(3) == 0) {
            machine.disk.empty();
        }
    }

    /** Starts and compares all there is with what there may be. */
    private void start() {
        life = new SimulatedLife(machine, changes, states, counts, this::onMoment, random);
        look();
    }

    private void look() {
        life.hearOfCatalogs();
        final Tables tables = life.tables();
        if (!expectsDamage) {
            assertThat(tables.sequence()).isGreaterThanOrEqualTo(states.acknowledgedSequence());
        }
        final Map<Identity, PeopleModel.Content> stored = new HashMap<>();
        final Map<Identity, Integer> ordinals = new HashMap<>();
        final RowBits row = new RowBits();
        final Catalog catalog = tables.published().catalog();
        int vips = 0;
        for (int ordinal = 0; ordinal < tables.ordinals(); ordinal++) {
            final Profile profile = tables.readProfile(ordinal);
            assertThat(tables.published().rows().read(ordinal, row)).isEqualTo(profile != null);
            if (profile == null) {
                continue;
            }
            final VisibleSegments visible = VisibleSegments.of(profile, catalog, machine.nowMicros());
            if (machine.nowMicros() < row.nextExpiryMicros()) {
                assertThat(row.image().bits()).isEqualTo(visible.bits());
            }
            final int vip = catalog.segmentBit("vip");
            if (vip >= 0 && (visible.bits()[vip >> 6] >>> vip & 1) != 0) {
                vips++;
            }
            stored.put(profile.primary(), PeopleModel.content(profile, machine.nowMicros()));
            for (final Identity identity : profile.identities()) {
                ordinals.put(identity, ordinal);
            }
        }
        assertThat(tables.records().size()).isEqualTo(stored.size());
        assertThat(BitSet.valueOf(tables.freeOrdinals()).cardinality()).isEqualTo(tables.ordinals() - stored.size());
        SimulatedChanges.universe()
                .forEach(identity -> assertThat(tables.find(identity))
                        .as("%s", identity)
                        .isEqualTo(ordinals.getOrDefault(identity, View.NOBODY)));
        assertThat(vips(tables, catalog)).isEqualTo(vips);
        states.onSeen(
                stored,
                new String(tables.published().catalogSource(), StandardCharsets.UTF_8),
                tables.sequence(),
                machine.nowMicros());
    }

    private long vips(Tables tables, Catalog catalog) {
        final AudienceQuery query = AudienceQuery.of(VIPS, catalog);
        try (FrozenColumns columns = tables.freeze(catalog, query.segments(), machine.nowMicros())) {
            return query.count(columns);
        }
    }

    /** Each snapshot alone is the state at its sequence. */
    private void restoreSnapshots() {
        for (final Path snapshot :
                SnapshotFiles.complete(machine.disk, JournalFolder.snapshots(machine.journalFolder))) {
            final SnapshotManifest manifest = SnapshotManifest.read(machine.disk, snapshot);
            final PeopleModel model = moments.get(manifest.end().sequence());
            if (model == null) {
                continue;
            }
            final SimulatedDisk other = new SimulatedDisk(random.split());
            final Path otherRoot = machine.root.resolve("other");
            for (final SnapshotManifest.Part part :
                    List.of(manifest.profiles(), manifest.changes(), manifest.erasures())) {
                copy(snapshot.resolve(part.name()), other, otherRoot);
            }
            copy(snapshot.resolve(SnapshotFiles.MANIFEST), other, otherRoot);
            // The ledger comes with it.
            other.put(
                    JournalFolder.ledger(otherRoot.resolve("journal")),
                    machine.disk.bytes(snapshot.resolve(manifest.erasures().name())));
            final Platform platform = new Platform(other, machine.memory, machine.records, key -> {
                throw new AssertionError("the key is in the snapshot");
            });
            final Path otherJournal = otherRoot.resolve("journal");
            final Tables tables = new Recovery(
                            new DataFolder(
                                    otherRoot,
                                    otherJournal,
                                    platform,
                                    JournalFolder.identityKey(platform, otherJournal)),
                            machine.nowMicros(),
                            SimulatedChanges::catalogOf)
                    .run()
                    .tables();
            final Map<Identity, PeopleModel.Content> stored = new HashMap<>();
            for (int ordinal = 0; ordinal < tables.ordinals(); ordinal++) {
                final Profile profile = tables.readProfile(ordinal);
                if (profile != null) {
                    stored.put(profile.primary(), PeopleModel.content(profile, machine.nowMicros()));
                }
            }
            tables.abandon();
            assertThat(stored)
                    .as("restored from %s", snapshot.getFileName())
                    .isEqualTo(model.content(machine.nowMicros()));
            counts.restored++;
        }
    }

    private void copy(Path file, SimulatedDisk to, Path toRoot) {
        to.put(toRoot.resolve(machine.root.relativize(file)), machine.disk.bytes(file));
    }

    /** A bit flips somewhere: either the start says so, by name, or nothing is lost but what was synced last. */
    private void damage() {
        final List<Path> paths = new ArrayList<>(machine.disk.paths());
        paths.removeIf(path -> machine.disk.size(path) == 0);
        if (paths.isEmpty()) {
            return;
        }
        Collections.shuffle(paths, new java.util.Random(random.nextLong()));
        final Path path = paths.get(0);
        machine.disk.flipBit(path, random.nextInt(machine.disk.size(path)));
        counts.flips++;
        states.onDamage();
        expectsDamage = true;
        try {
            start();
            life.abandon();
        } catch (StorageException | io.zandloper.storage.format.StoredFileException e) {
            counts.refusals++;
            assertThat(e.getMessage())
                    .as("flipped %s", path)
                    .contains(path.getFileName().toString());
        }
    }
}
