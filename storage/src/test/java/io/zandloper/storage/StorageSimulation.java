package io.zandloper.storage;

import static io.zandloper.storage.StorageFixture.compiled;
import static io.zandloper.storage.StorageFixture.crm;
import static io.zandloper.storage.StorageFixture.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.InvalidExpressionException;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.ReplaceMembers;
import io.zandloper.storage.change.TidyProfile;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.AttributesPatch;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.column.AudienceQuery;
import io.zandloper.storage.column.FrozenColumns;
import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.journal.Durability;
import io.zandloper.storage.journal.Journal;
import io.zandloper.storage.journal.JournalTip;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import io.zandloper.storage.snapshot.SnapshotSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One storage after another on one simulated machine, by one seed: the production writer, journal, snapshots, ledger,
 * recovery, resolver and tables in one thread; simulated are the clock, the disk, and what memory is mapped from.
 *
 * <p>What was acknowledged is kept as a {@link PeopleModel}. Of changes of which nobody heard, the first few may be there,
 * each whole; so there are several models, until the storage is looked at.
 */
final class StorageSimulation {
    private static final int PEOPLE = 10;
    private static final int COOKIES = 14;
    private static final long HOUR = 3_600_000_000L;
    private static final int KEPT = 2;
    private static final long JOURNAL_FILE_BYTES = 3_000;

    private static final Map<String, Catalog> CATALOGS = Map.of(
            "{1}", compiled(StorageFixture.BANK),
            "{2}",
                    compiled(new CatalogDocument(
                            List.of(segment("young", 0, "profile.age < 30"), segment("vip", 0, null)),
                            List.of(),
                            List.of(),
                            CatalogDocument.Policies.DEFAULT)),
            "{3}", compiled(wide()));

    private static final Audience VIPS = audience("'vip' in segments");

    private static Audience audience(String where) {
        try {
            return Audience.compile(where);
        } catch (InvalidExpressionException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** More segments than a word has bits. */
    private static CatalogDocument wide() {
        final List<CatalogDocument.Segment> segments = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            segments.add(segment("s" + i, 0, null));
        }
        segments.add(segment("vip", 0, null));
        segments.add(segment("senior", 0, "profile.age >= 60"));
        segments.add(segment("ads", 0, null));
        return new CatalogDocument(segments, List.of(), List.of(), CatalogDocument.Policies.DEFAULT);
    }

    private final SplittableRandom random;
    private final Path root;
    private final Path journalFolder;
    private final SimulatedDisk disk;
    private final SparseMemory memory;
    private final HeapRecordStores records = new HeapRecordStores();
    private final Durability durability;
    private long now = 1_000_000_000L;
    private int changes;
    /** What may be stored: several where nobody heard of the last changes. */
    private Set<PeopleModel> models = Set.of(PeopleModel.EMPTY);
    /** What may be stored if something of the last batch is damaged, which nothing after it says was durable. */
    private Set<PeopleModel> modelsOfLastBatch = models;

    private long acknowledgedSequence;
    private boolean expectsDamage;
    /** At the sequences of snapshots. */
    private final Map<Long, PeopleModel> moments = new HashMap<>();

    /** Whom the hashes of a replacement name. */
    private final IdentityHashMap<ReplaceMembers, List<Identity>> membersOf = new IdentityHashMap<>();

    private Life life;

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
        long steps;
    }

    private final Counts counts;

    StorageSimulation(long seed, Path root, Counts counts) {
        this.random = new SplittableRandom(seed);
        this.root = root;
        this.journalFolder = root.resolve("journal");
        this.disk = new SimulatedDisk(random.split());
        this.memory = new SparseMemory(random.split());
        this.durability = random.nextInt(4) == 0 ? Durability.OS : Durability.FSYNC;
        this.counts = counts;
    }

    /** Between two starts. */
    private final class Life implements SnapshotSource, BetweenChanges {
        private final Tables tables;
        private final Journal journal;
        private final Writer writer;
        private final Snapshots snapshots;
        private final SnapshotChores chores;
        private boolean walking;
        /** The journal takes no more. */
        private boolean broken;

        private boolean closing;

        Life() {
            final SplittableRandom keys = random.split();
            final Platform platform = new Platform(disk, memory, records, keys::nextBytes);
            final DataFolder folder =
                    new DataFolder(root, journalFolder, platform, JournalFolder.identityKey(platform, journalFolder));
            final Recovery.Recovered recovered = new Recovery(folder, now, source -> catalogOf(source)).run();
            tables = recovered.tables();
            journal = Journal.open(
                    disk, journalFolder, durability, JOURNAL_FILE_BYTES, recovered.term(), recovered.end());
            final EffectCodec codec = new EffectCodec(tables.newIdentityHash(), source -> catalogOf(source));
            writer = new Writer(tables, journal, codec, new Expiries(tables, () -> now, true), () -> now, 64);
            snapshots = new Snapshots(folder, () -> now, KEPT, writer, this, this);
            chores = new SnapshotChores(
                    folder,
                    new SnapshotSettings(Duration.ofHours(40), 6_000, KEPT),
                    snapshots,
                    tables.ledger(),
                    tables::sequence,
                    journal::appendedBytes,
                    () -> 24 * HOUR,
                    now);
        }

        @Override
        public Moment moment() {
            return run(() -> {
                final Moment moment = writer.moment();
                if (models.size() == 1) {
                    moments.put(moment.end().sequence(), models.iterator().next());
                }
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
            } catch (java.util.concurrent.CompletionException e) {
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
            return tables.published().rows().read(ordinal, row)
                    && tables.records().get(ordinal, record);
        }

        void changeSome() {
            final List<Change> batch = new ArrayList<>();
            for (int left = random.nextInt(4); left >= 0; left--) {
                batch.add(randomChange());
            }
            StorageSimulation.this.work(this, batch);
        }

        void doWhatIsDue() throws InterruptedException {
            try {
                switch (chores.due(now)) {
                    case SNAPSHOT -> {
                        counts.snapshots++;
                        snapshots.take();
                        chores.onDone();
                    }
                    case COMPLETE_ERASURES -> {
                        counts.purges++;
                        final long before = now;
                        snapshots.completeErasures();
                        assertThat(tables.ledger().oldestPendingMicros()).isGreaterThanOrEqualTo(before);
                        chores.onDone();
                    }
                    case NOTHING -> {}
                }
            } catch (StorageException e) {
                if (disk.hasCrashed()) {
                    throw e;
                }
                chores.onFailed(now);
            }
        }

        void stop() throws InterruptedException {
            writer.workBatch();
            if (writer.broken() != null) {
                throw new StorageException("as after a kill");
            }
            journal.close();
            closing = true;
            tables.close(journal.end(), JournalTip.of(disk, journalFolder));
        }

        void abandon() {
            if (closing) {
                return; // what could be closed is
            }
            try {
                tables.abandon();
            } catch (RuntimeException e) {
                assertThat(disk.hasCrashed()).as("abandoned: %s", e).isTrue();
            }
        }
    }

    private static Catalog catalogOf(byte[] source) {
        return CATALOGS.get(new String(source, StandardCharsets.UTF_8));
    }

    private Identity anybody() {
        return random.nextInt(3) == 0
                ? new Identity("cookie", Integer.toString(random.nextInt(COOKIES)))
                : crm(random.nextInt(PEOPLE));
    }

    private Change randomChange() {
        now += random.nextInt(50) == 0 ? random.nextLong(20 * HOUR) : random.nextInt(1_000);
        changes++;
        counts.changes++;
        return switch (random.nextInt(24)) {
            case 0, 1 -> new EraseProfile(anybody());
            case 2, 3 -> new LinkProfiles(anybody(), anybody());
            case 4, 5, 6, 7 -> {
                final int number = random.nextInt(4) == 0 ? random.nextInt(changes) : changes;
                yield new RecordEvent(anybody(), "e" + number, "t" + number, null, null, now, null, null, Map.of());
            }
            case 8 -> random.nextBoolean() ? new TidyProfile(random.nextInt(PEOPLE + COOKIES)) : replaceMembers();
            case 9 -> {
                final String source = "{" + (1 + random.nextInt(3)) + "}";
                yield new ReplaceCatalog(CATALOGS.get(source), source.getBytes(StandardCharsets.UTF_8), null);
            }
            case 10 -> upsert(anybody(), List.of(), List.of(anybody()));
            case 11, 12 -> upsert(null, List.of(anybody(), anybody()), List.of());
            default -> upsert(anybody(), random.nextInt(3) == 0 ? List.of(anybody()) : List.of(), List.of());
        };
    }

    private ReplaceMembers replaceMembers() {
        final List<Identity> named = new ArrayList<>();
        for (int left = random.nextInt(6); left > 0; left--) {
            named.add(anybody());
        }
        final ReplaceMembers change = new ReplaceMembers(
                random.nextBoolean() ? "vip" : "ads",
                random.nextBoolean() ? Times.NEVER : now + random.nextLong(60 * HOUR),
                List.of(life.tables.hashes(named)));
        membersOf.put(change, named);
        return change;
    }

    private UpsertProfile upsert(@Nullable Identity target, List<Identity> added, List<Identity> removed) {
        final Map<String, Object> attributes = new HashMap<>();
        if (random.nextBoolean()) {
            attributes.put("age", (long) random.nextInt(100));
        }
        if (random.nextInt(4) == 0) {
            attributes.put("text", random.nextInt(4) == 0 ? null : "x".repeat(random.nextInt(600)));
        }
        final Map<String, Long> segments = new HashMap<>();
        if (random.nextBoolean()) {
            segments.put(
                    random.nextBoolean() ? "vip" : "ads",
                    random.nextBoolean() ? Times.NEVER : now + random.nextLong(60 * HOUR));
        }
        return new UpsertProfile(
                target,
                Mode.MERGE,
                null,
                null,
                new IdentitiesPatch(false, added, removed),
                new AttributesPatch(false, attributes),
                new SegmentsPatch(
                        false, segments, segments.isEmpty() && random.nextInt(6) == 0 ? List.of("vip") : List.of()),
                null,
                null);
    }

    /** Hands changes to the writer as one batch, and notes what came of each, and what may have. */
    private void work(Life in, List<Change> batch) {
        final long at = now;
        final Object[] heard = new Object[batch.size()];
        for (int i = 0; i < heard.length; i++) {
            final int number = i;
            final boolean taken = in.writer.submit(batch.get(i), new ChangeListener() {
                @Override
                public void onOutcome(ChangeOutcome outcome) {
                    heard[number] = outcome;
                }

                @Override
                public void onFailure(StorageException cause) {
                    heard[number] = String.valueOf(cause.getMessage());
                }
            });
            assertThat(taken).isTrue();
        }
        in.writer.workBatch();
        final long sequenceBefore = acknowledgedSequence;
        final Set<PeopleModel> onTheWay = new LinkedHashSet<>(models);
        final List<Change> unheard = new ArrayList<>();
        for (int i = 0; i < heard.length; i++) {
            if (heard[i] instanceof ChangeOutcome outcome) {
                acknowledge(batch.get(i), outcome, at);
                onTheWay.addAll(models);
                continue;
            }
            final String message = String.valueOf(heard[i]);
            if (message.contains("tables cannot be written")) {
                // It is in the journal, or waits behind one that is, which may be a tidying that nobody asked for.
                models = perhaps(List.of(batch.get(i)), at);
            } else if (!message.contains("takes no entry") && !message.contains("cannot be begun")) {
                in.broken = true;
                unheard.add(batch.get(i));
            }
        }
        models = perhaps(unheard, at);
        if (acknowledgedSequence > sequenceBefore) {
            modelsOfLastBatch = onTheWay;
        }
    }

    /** Of these changes, the first few may have been made. */
    private Set<PeopleModel> perhaps(List<Change> made, long at) {
        final Set<PeopleModel> possible = new LinkedHashSet<>(models);
        Set<PeopleModel> last = models;
        for (final Change change : made) {
            final Set<PeopleModel> next = new LinkedHashSet<>();
            last.forEach(model -> next.add(applied(model, change, at).model()));
            possible.addAll(next);
            last = next;
        }
        return possible;
    }

    private PeopleModel.Applied applied(PeopleModel model, Change change, long at) {
        return change instanceof ReplaceMembers replace
                ? model.replaceMembers(
                        replace.segment(), replace.expiresMicros(), Objects.requireNonNull(membersOf.get(replace)), at)
                : model.apply(change, at);
    }

    private void acknowledge(Change change, ChangeOutcome outcome, long at) {
        acknowledgedSequence = Math.max(acknowledgedSequence, outcome.sequence());
        final Set<PeopleModel> after = new LinkedHashSet<>();
        for (final PeopleModel model : models) {
            final PeopleModel.Applied applied = applied(model, change, at);
            if (change instanceof TidyProfile
                    || applied.accepted() == outcome.status().isAccepted()) {
                after.add(applied.model());
            }
        }
        assertThat(after).as("%s of %s", outcome, change).isNotEmpty();
        models = after;
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
        counts.steps += disk.steps();
    }

    private void live() throws InterruptedException {
        counts.lives++;
        disk.crashAfter(random.nextInt(5) == 0 ? random.nextInt(40) : random.nextInt(900));
        if (random.nextInt(3) == 0) {
            disk.failSyncAfter(random.nextInt(400));
        }
        memory.refuseOneIn(random.nextInt(4) == 0 ? 8 : 0);
        life = null;
        boolean stopped = false;
        try {
            start();
            for (int left = random.nextInt(60); left > 0; left--) {
                disturb();
                life.changeSome();
                if (disk.hasCrashed() || life.broken) {
                    break;
                }
                life.doWhatIsDue();
            }
            if (random.nextBoolean() && !disk.hasCrashed() && !life.broken) {
                disk.empty();
                memory.refuseOneIn(0);
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
            if (!refused || !(disk.hasCrashed() || isOfTheMachine(e))) {
                throw e;
            }
        }
        if (!stopped) {
            counts.crashes++;
            if (life != null) {
                life.abandon();
            }
        }
        memory.refuseOneIn(0);
        // Without a sync, a power cut may take what was acknowledged.
        disk.restart(durability == Durability.FSYNC && random.nextInt(3) != 0);
    }

    private static boolean isOfTheMachine(Throwable thrown) {
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            final String message = String.valueOf(e.getMessage());
            if (message.contains("No space left")
                    || message.contains("Input/output error")
                    || message.contains("restart to go on")
                    || message.contains("as after a kill")) {
                return true;
            }
        }
        return false;
    }

    private void disturb() {
        if (random.nextInt(25) == 0) {
            counts.fullDisks++;
            disk.fullAfter(random.nextInt(20));
        } else if (disk.isFull() && random.nextInt(3) == 0) {
            disk.empty();
        }
    }

    /** Starts and compares all there is with what there may be. */
    private void start() {
        life = new Life();
        look();
    }

    private void look() {
        final Tables tables = life.tables;
        if (!expectsDamage) {
            assertThat(tables.sequence()).isGreaterThanOrEqualTo(acknowledgedSequence);
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
            final VisibleSegments visible = VisibleSegments.of(profile, catalog, now);
            if (now < row.nextExpiryMicros()) {
                assertThat(row.image().bits()).isEqualTo(visible.bits());
            }
            final int vip = catalog.segmentBit("vip");
            if (vip >= 0 && (visible.bits()[vip >> 6] >>> vip & 1) != 0) {
                vips++;
            }
            stored.put(profile.primary(), PeopleModel.content(profile, now));
            for (final Identity identity : profile.identities()) {
                ordinals.put(identity, ordinal);
            }
        }
        assertThat(tables.records().size()).isEqualTo(stored.size());
        assertThat(BitSet.valueOf(tables.freeOrdinals()).cardinality()).isEqualTo(tables.ordinals() - stored.size());
        universe()
                .forEach(identity -> assertThat(tables.find(identity))
                        .as("%s", identity)
                        .isEqualTo(ordinals.getOrDefault(identity, View.NOBODY)));
        assertThat(vips(tables, catalog)).isEqualTo(vips);
        narrow(stored, new String(tables.published().catalogSource(), StandardCharsets.UTF_8));
    }

    private long vips(Tables tables, Catalog catalog) {
        final AudienceQuery query = AudienceQuery.of(VIPS, catalog);
        try (FrozenColumns columns = tables.freeze(catalog, query.segments(), now)) {
            return query.count(columns);
        }
    }

    /** From now on it is this one. */
    private void narrow(Map<Identity, PeopleModel.Content> stored, String catalogSource) {
        final Set<PeopleModel> same = new LinkedHashSet<>();
        for (final PeopleModel model : models) {
            if (model.catalogSource().equals(catalogSource)
                    && model.content(now).equals(stored)) {
                same.add(model);
            }
        }
        if (same.isEmpty()) {
            assertThat(stored)
                    .as("one of %d", models.size())
                    .isEqualTo(models.iterator().next().content(now));
            assertThat(catalogSource).isEqualTo(models.iterator().next().catalogSource());
        }
        if (life.tables.sequence() > acknowledgedSequence) {
            modelsOfLastBatch = models; // nobody had heard of these
        }
        models = same;
        acknowledgedSequence = Math.max(acknowledgedSequence, life.tables.sequence());
    }

    private static List<Identity> universe() {
        final List<Identity> identities = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            identities.add(crm(i));
        }
        for (int i = 0; i < COOKIES; i++) {
            identities.add(new Identity("cookie", Integer.toString(i)));
        }
        return identities;
    }

    /** Each snapshot alone is the state at its sequence. */
    private void restoreSnapshots() {
        for (final Path snapshot : SnapshotFiles.complete(disk, JournalFolder.snapshots(journalFolder))) {
            final SnapshotManifest manifest = SnapshotManifest.read(disk, snapshot);
            final PeopleModel model = moments.get(manifest.end().sequence());
            if (model == null) {
                continue;
            }
            final SimulatedDisk other = new SimulatedDisk(random.split());
            final Path otherRoot = root.resolve("other");
            for (final SnapshotManifest.Part part :
                    List.of(manifest.profiles(), manifest.changes(), manifest.erasures())) {
                copy(snapshot.resolve(part.name()), other, otherRoot);
            }
            copy(snapshot.resolve(SnapshotFiles.MANIFEST), other, otherRoot);
            // The ledger comes with it.
            other.put(
                    JournalFolder.ledger(otherRoot.resolve("journal")),
                    disk.bytes(snapshot.resolve(manifest.erasures().name())));
            final Platform platform = new Platform(other, memory, records, key -> {
                throw new AssertionError("the key is in the snapshot");
            });
            final Path otherJournal = otherRoot.resolve("journal");
            final Tables tables = new Recovery(
                            new DataFolder(
                                    otherRoot,
                                    otherJournal,
                                    platform,
                                    JournalFolder.identityKey(platform, otherJournal)),
                            now,
                            source -> catalogOf(source))
                    .run()
                    .tables();
            final Map<Identity, PeopleModel.Content> stored = new HashMap<>();
            for (int ordinal = 0; ordinal < tables.ordinals(); ordinal++) {
                final Profile profile = tables.readProfile(ordinal);
                if (profile != null) {
                    stored.put(profile.primary(), PeopleModel.content(profile, now));
                }
            }
            tables.abandon();
            assertThat(stored).as("restored from %s", snapshot.getFileName()).isEqualTo(model.content(now));
            counts.restored++;
        }
    }

    private void copy(Path file, SimulatedDisk to, Path toRoot) {
        to.put(toRoot.resolve(root.relativize(file)), disk.bytes(file));
    }

    /** A bit flips somewhere: either the start says so, by name, or nothing is lost but what was synced last. */
    private void damage() {
        final List<Path> paths = new ArrayList<>(disk.paths());
        paths.removeIf(path -> disk.size(path) == 0);
        if (paths.isEmpty()) {
            return;
        }
        Collections.shuffle(paths, new java.util.Random(random.nextLong()));
        final Path path = paths.get(0);
        disk.flipBit(path, random.nextInt(disk.size(path)));
        counts.flips++;
        models = new LinkedHashSet<>(models);
        models.addAll(modelsOfLastBatch);
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
