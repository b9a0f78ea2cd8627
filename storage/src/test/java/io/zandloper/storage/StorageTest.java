package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.AttributesPatch;
import io.zandloper.storage.change.UpsertProfile.ConsentPatch;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.snapshot.SnapshotReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
    private static final CatalogDocument BANK = new CatalogDocument(
            List.of(
                    segment("vip", 0, null),
                    segment("ads", Consent.purposeBit(4), null),
                    segment("senior", 0, "profile.age >= 60"),
                    segment("senior-vip", 0, "'senior' in segments && 'vip' in segments")),
            List.of(),
            List.of(),
            CatalogDocument.Policies.DEFAULT);

    private final AtomicLong now = new AtomicLong(1_000_000);

    @TempDir
    private Path folder;

    private static CatalogDocument.Segment segment(String id, int purposes, @Nullable String rule) {
        return new CatalogDocument.Segment(id, null, purposes, null, null, rule);
    }

    private static Catalog compiled(CatalogDocument document) {
        final CatalogCompilation compilation = CatalogCompiler.compile(document, 0, Catalog.EMPTY);
        assertThat(compilation.errors()).isEmpty();
        return compilation.catalog();
    }

    private Storage open() {
        return Storage.open(StorageConfig.of(folder), source -> compiled(BANK), now::get);
    }

    private static ChangeOutcome apply(Storage storage, Change change) {
        final CompletableFuture<ChangeOutcome> outcome = new CompletableFuture<>();
        assertThat(storage.submit(change, new ChangeListener() {
                    @Override
                    public void onOutcome(ChangeOutcome result) {
                        outcome.complete(result);
                    }

                    @Override
                    public void onFailure(StorageException cause) {
                        outcome.completeExceptionally(cause);
                    }
                }))
                .isTrue();
        return outcome.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static ReplaceCatalog catalog(String source, CatalogDocument document) {
        return new ReplaceCatalog(compiled(document), source.getBytes(StandardCharsets.UTF_8), null);
    }

    private static UpsertProfile patch(
            @Nullable Identity target,
            List<Identity> identities,
            Map<String, Object> attributes,
            Map<String, Long> segments) {
        return new UpsertProfile(
                target,
                Mode.MERGE,
                null,
                null,
                new IdentitiesPatch(false, identities, List.of()),
                new AttributesPatch(false, new HashMap<>(attributes)),
                new SegmentsPatch(false, segments, List.of()),
                null,
                null);
    }

    private static Identity crm(int number) {
        return new Identity("crm", Integer.toString(number));
    }

    private static List<String> visible(Storage storage, Identity identity) {
        try (StorageReader reader = storage.newReader()) {
            final View view = reader.enter();
            final RowBits row = new RowBits();
            final int ordinal = view.find(identity);
            assertThat(ordinal).isNotNegative();
            assertThat(view.readRow(ordinal, row)).isTrue();
            return view.catalog().segments().stream()
                    .filter(segment -> row.isSet(segment.bit()))
                    .map(Catalog.Segment::id)
                    .toList();
        }
    }

    private static @Nullable Profile read(Storage storage, Identity identity) {
        try (StorageReader reader = storage.newReader()) {
            return reader.enter().profile(identity);
        }
    }

    @Test
    void aProfileIsFoundByEveryIdentityAndByNoOther() {
        try (Storage storage = open()) {
            final Identity cookie = new Identity("cookie", "a");
            final ChangeOutcome created = apply(storage, patch(crm(1), List.of(cookie), Map.of("age", 41L), Map.of()));
            assertThat(created).isEqualTo(new ChangeOutcome(Status.CREATED, crm(1), 1, 1, List.of()));
            assertThat(storage.sequence()).isEqualTo(1);
            assertThat(read(storage, cookie)).isEqualTo(read(storage, crm(1)));
            assertThat(read(storage, cookie).attributes()).containsEntry("age", 41L);
            assertThat(read(storage, crm(2))).isNull();
            apply(
                    storage,
                    new UpsertProfile(
                            crm(1),
                            Mode.MERGE,
                            null,
                            null,
                            new IdentitiesPatch(false, List.of(), List.of(cookie)),
                            null,
                            null,
                            null,
                            null));
            assertThat(read(storage, cookie)).isNull();
            apply(storage, patch(crm(2), List.of(cookie), Map.of(), Map.of()));
            assertThat(read(storage, cookie).primary()).isEqualTo(crm(2));
        }
    }

    @Test
    void anIdentityOfAnotherProfileIsAConflict() {
        try (Storage storage = open()) {
            apply(storage, patch(crm(1), List.of(), Map.of(), Map.of()));
            apply(storage, patch(crm(2), List.of(), Map.of(), Map.of()));
            assertThat(apply(storage, patch(crm(1), List.of(crm(2)), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.CONFLICT);
            assertThat(apply(storage, patch(crm(3), List.of(crm(2)), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.CONFLICT);
            assertThat(apply(storage, patch(null, List.of(crm(1), crm(2)), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.CONFLICT);
            assertThat(apply(storage, patch(null, List.of(crm(2), crm(3)), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.UPDATED);
            assertThat(apply(storage, patch(null, List.of(), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.INVALID);
            assertThat(read(storage, crm(3)).primary()).isEqualTo(crm(2));
            assertThat(storage.sequence()).isEqualTo(3);
        }
    }

    @Test
    void rowsHoldWhatIsVisibleAndFollowEveryWrite() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, patch(crm(1), List.of(), Map.of("age", 70L), Map.of("vip", Times.NEVER, "ads", 5_000_000L)));
            assertThat(visible(storage, crm(1))).containsExactly("vip", "senior", "senior-vip");
            apply(
                    storage,
                    new UpsertProfile(
                            crm(1),
                            Mode.MERGE,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            new ConsentPatch(false, Consent.purposeBit(4), true, null, null)));
            assertThat(visible(storage, crm(1))).containsExactly("vip", "ads", "senior", "senior-vip");
            apply(storage, patch(crm(1), List.of(), Map.of("age", 20L), Map.of()));
            assertThat(visible(storage, crm(1))).containsExactly("vip", "ads");
        }
    }

    @Test
    void afterAnExpiryTheRowSendsItsReaderToTheRecord() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, patch(crm(1), List.of(), Map.of(), Map.of("vip", 2_000_000L)));
            try (StorageReader reader = storage.newReader()) {
                final View view = reader.enter();
                final int ordinal = view.find(crm(1));
                final int vip = view.catalog().segmentBit("vip");
                assertThat(view.testSegment(ordinal, vip, 1_999_999)).isEqualTo(1);
                assertThat(view.testSegment(ordinal, vip, 2_000_000)).isEqualTo(-1);
                assertThat(view.testSegment(ordinal, view.catalog().segmentBit("senior"), 1_999_999))
                        .isZero();
            }
        }
    }

    @Test
    void aNewCatalogIsJudgedForEveryProfileAndForgetsNoMembership() {
        final CatalogDocument without = new CatalogDocument(
                List.of(segment("young", 0, "profile.age < 30"), segment("ads", 0, null)),
                List.of(),
                List.of(),
                CatalogDocument.Policies.DEFAULT);
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(
                    storage,
                    patch(crm(1), List.of(), Map.of("age", 20L), Map.of("vip", Times.NEVER, "ads", Times.NEVER)));
            final ChangeOutcome replaced = apply(storage, catalog("{2}", without));
            assertThat(replaced).isEqualTo(new ChangeOutcome(Status.UPDATED, null, 2, 3, List.of()));
            assertThat(visible(storage, crm(1))).containsExactly("young", "ads");
            assertThat(apply(storage, catalog("{2}", without)).status()).isEqualTo(Status.UNCHANGED);
            apply(storage, catalog("{3}", BANK));
            assertThat(visible(storage, crm(1))).containsExactly("vip");
            assertThat(read(storage, crm(1)).version()).isEqualTo(2);
        }
    }

    @Test
    void anEventCreatesItsProfileAndIsKnownAgainById() {
        try (Storage storage = open()) {
            final RecordEvent event =
                    new RecordEvent(crm(1), "e1", "click", null, null, 5, null, null, Map.of("channel", "web"));
            assertThat(apply(storage, event).status()).isEqualTo(Status.CREATED);
            assertThat(apply(storage, event).status()).isEqualTo(Status.DUPLICATE);
            assertThat(storage.sequence()).isEqualTo(1);
            assertThat(read(storage, crm(1)).history().events()).hasSize(1);
        }
    }

    @Test
    void aDocumentOverItsLimitIsRefusedAndChangesNothing() {
        final Map<String, Object> large = new HashMap<>();
        for (int i = 0; i < 16; i++) {
            large.put("a" + i, "x".repeat(4096));
        }
        try (Storage storage = open()) {
            assertThat(apply(storage, patch(crm(1), List.of(), large, Map.of())).status())
                    .isEqualTo(Status.INVALID);
            assertThat(read(storage, crm(1))).isNull();
            large.remove("a0");
            assertThat(apply(storage, patch(crm(1), List.of(), large, Map.of())).status())
                    .isEqualTo(Status.CREATED);
        }
    }

    @Test
    void aCleanStopAndRestartKeepsEverything() {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final Map<Identity, Profile> before = new HashMap<>();
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < 3_000; i++) {
                final Map<String, Object> attributes =
                        Map.of("age", (long) random.nextInt(100), "name", "n" + random.nextInt());
                final Map<String, Long> segments = random.nextBoolean() ? Map.of("vip", Times.NEVER) : Map.of();
                apply(storage, patch(crm(i), List.of(new Identity("cookie", "c" + i)), attributes, segments));
            }
            for (int i = 0; i < 3_000; i++) {
                before.put(crm(i), read(storage, crm(i)));
            }
        }
        try (Storage storage = open()) {
            assertThat(storage.sequence()).isEqualTo(3_001);
            assertThat(storage.catalog().version()).isEqualTo(1);
            assertThat(new String(storage.catalogSource(), StandardCharsets.UTF_8))
                    .isEqualTo("{1}");
            for (int i = 0; i < 3_000; i++) {
                final Profile profile = read(storage, new Identity("cookie", "c" + i));
                assertThat(profile).as("seed %d profile %d", seed, i).isEqualTo(before.get(crm(i)));
                final boolean senior = (long) profile.attributes().get("age") >= 60;
                assertThat(visible(storage, crm(i)).contains("senior")).isEqualTo(senior);
            }
            assertThat(apply(storage, patch(crm(5_000), List.of(), Map.of(), Map.of()))
                            .sequence())
                    .isEqualTo(3_002);
        }
    }

    @Test
    void aFolderInUseIsRefused() {
        try (Storage storage = open()) {
            assertThat(storage.sequence()).isZero();
            assertThatThrownBy(this::open)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining(folder.toString());
        }
    }

    /** A copy of the files while the process runs is what a kill leaves. */
    @Test
    void afterAnUncleanEndEverythingAcknowledgedIsThere() throws Exception {
        final Path killed = folder.resolve("killed");
        final Map<Identity, Profile> before = new HashMap<>();
        final Identity cookie = new Identity("cookie", "x");
        try (Storage storage =
                Storage.open(StorageConfig.of(folder.resolve("running")), source -> compiled(BANK), now::get)) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < 500; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of("age", 20L + i), Map.of("vip", Times.NEVER)));
            }
            apply(storage, patch(crm(7), List.of(cookie), Map.of(), Map.of()));
            apply(
                    storage,
                    new UpsertProfile(
                            crm(7),
                            Mode.MERGE,
                            null,
                            null,
                            new IdentitiesPatch(false, List.of(), List.of(cookie)),
                            null,
                            null,
                            null,
                            null));
            apply(storage, new RecordEvent(crm(9), "e", "click", null, null, 5, null, 1.5, Map.of("a", true)));
            for (int i = 0; i < 500; i++) {
                before.put(crm(i), read(storage, crm(i)));
            }
            copy(folder.resolve("running"), killed);
        }
        try (Storage storage = Storage.open(StorageConfig.of(killed), source -> compiled(BANK), now::get)) {
            assertThat(storage.sequence()).isEqualTo(504);
            assertThat(storage.catalog().version()).isEqualTo(1);
            before.forEach(
                    (identity, profile) -> assertThat(read(storage, identity)).isEqualTo(profile));
            assertThat(read(storage, cookie)).isNull();
            assertThat(visible(storage, crm(60))).containsExactly("vip", "senior", "senior-vip");
            assertThat(apply(storage, patch(crm(501), List.of(), Map.of(), Map.of()))
                            .sequence())
                    .isEqualTo(505);
        }
    }

    private static void copy(Path from, Path to) throws Exception {
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void aDamagedMarkerIsNotBelievedAndTheTablesAreMadeAgain() throws Exception {
        try (Storage storage = open()) {
            apply(storage, patch(crm(1), List.of(), Map.of("age", 5L), Map.of()));
        }
        final Path marker = folder.resolve("clean-stop");
        final byte[] bytes = Files.readAllBytes(marker);
        bytes[20] ^= 1;
        Files.write(marker, bytes);
        try (Storage storage = open()) {
            assertThat(read(storage, crm(1)).attributes()).containsEntry("age", 5L);
        }
    }

    @Test
    void aMarkerThatTheJournalContradictsIsNotBelieved() throws Exception {
        try (Storage storage = open()) {
            apply(storage, patch(crm(1), List.of(), Map.of(), Map.of()));
        }
        final byte[] marker = Files.readAllBytes(folder.resolve("clean-stop"));
        try (Storage storage = open()) {
            apply(storage, patch(crm(2), List.of(), Map.of(), Map.of()));
        }
        Files.write(folder.resolve("clean-stop"), marker);
        try (Storage storage = open()) {
            assertThat(storage.sequence()).isEqualTo(2);
            assertThat(read(storage, crm(2))).isNotNull();
        }
    }

    @Test
    void aDamagedJournalIsRefusedByName() throws Exception {
        try (Storage storage = open()) {
            for (int i = 0; i < 10; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of(), Map.of()));
            }
        }
        Files.delete(folder.resolve("clean-stop"));
        final Path journal;
        try (Stream<Path> files = Files.list(folder.resolve("journal"))) {
            journal = files.filter(file -> file.toString().endsWith(".journal"))
                    .findFirst()
                    .orElseThrow();
        }
        final byte[] bytes = Files.readAllBytes(journal);
        bytes[200] ^= 1;
        Files.write(journal, bytes);
        assertThatThrownBy(this::open)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(journal.getFileName().toString())
                .hasMessageContaining("offset");
    }

    @Test
    void rowsOfEarlierCatalogsLeaveTheFolder() throws Exception {
        try (Storage storage = open()) {
            apply(storage, patch(crm(1), List.of(), Map.of(), Map.of()));
            for (int i = 0; i < 5; i++) {
                apply(storage, catalog("{" + i + "}", BANK));
            }
        }
        try (Stream<Path> names = Files.list(folder)) {
            assertThat(names.filter(name -> name.getFileName().toString().startsWith("rows-")))
                    .hasSize(1);
        }
    }

    @Test
    void aSnapshotUnderWritesIsOneMomentAndWithTheJournalAfterItEverything() throws Exception {
        final Path killed = folder.resolve("killed");
        final Path running = folder.resolve("running");
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final Map<Identity, Profile> before = new HashMap<>();
        final int people = 300;
        try (Storage storage = Storage.open(StorageConfig.of(running), source -> compiled(BANK), now::get)) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < people; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of("age", 20L), Map.of("vip", Times.NEVER)));
            }
            for (int round = 0; round < 4; round++) {
                final CompletableFuture<Path> snapshot = storage.snapshot();
                for (int i = 0; i < 200; i++) {
                    apply(storage, randomIdentityChange(random, people));
                }
                assertThat(snapshot.get(30, TimeUnit.SECONDS)).isDirectory();
            }
            for (int i = 0; i < people; i++) {
                before.put(crm(i), read(storage, crm(i)));
            }
            for (int c = 0; c < 40; c++) {
                before.put(new Identity("cookie", "c" + c), read(storage, new Identity("cookie", "c" + c)));
            }
            copy(running, killed);
        }
        try (Storage storage = Storage.open(StorageConfig.of(killed), source -> compiled(BANK), now::get)) {
            before.forEach((identity, profile) -> assertThat(read(storage, identity))
                    .as("seed %d %s", seed, identity)
                    .isEqualTo(profile));
        }
        try (Stream<Path> kept = Files.list(killed.resolve("journal/snapshots"))) {
            assertThat(kept).hasSize(2);
        }
    }

    private static UpsertProfile randomIdentityChange(SplittableRandom random, int people) {
        final List<Identity> cookie = List.of(new Identity("cookie", "c" + random.nextInt(40)));
        final boolean remove = random.nextBoolean();
        return new UpsertProfile(
                crm(random.nextInt(people)),
                Mode.MERGE,
                null,
                null,
                new IdentitiesPatch(false, remove ? List.of() : cookie, remove ? cookie : List.of()),
                new AttributesPatch(false, Map.of("age", (long) random.nextInt(90))),
                null,
                null,
                null);
    }

    @Test
    void aDamagedSnapshotIsPassedOverForAnOlderOne() throws Exception {
        final Path snapshot;
        try (Storage storage = open()) {
            apply(storage, patch(crm(1), List.of(), Map.of("age", 5L), Map.of()));
            storage.snapshot().get(30, TimeUnit.SECONDS);
            apply(storage, patch(crm(2), List.of(), Map.of("age", 6L), Map.of()));
            snapshot = storage.snapshot().get(30, TimeUnit.SECONDS);
        }
        final Path profiles = snapshot.resolve("profiles");
        final byte[] bytes = Files.readAllBytes(profiles);
        bytes[40] ^= 1;
        Files.write(profiles, bytes);
        assertThatThrownBy(
                        () -> SnapshotReader.open(FileDisk.INSTANCE, snapshot).verify())
                .hasMessageContaining(profiles.toString())
                .hasMessageContaining("offset 0");
        Files.delete(folder.resolve("clean-stop"));
        try (Storage storage = open()) {
            assertThat(storage.sequence()).isEqualTo(2);
            assertThat(read(storage, crm(2)).attributes()).containsEntry("age", 6L);
        }
    }

    /** Age and twin are always written together; senior follows from age. */
    @Test
    void readersBesideTheWriterSeeWholeProfiles() throws Exception {
        final int people = 200;
        try (Storage storage = open();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < people; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of("age", 20L, "twin", 20L), Map.of()));
            }
            final AtomicBoolean stop = new AtomicBoolean();
            final List<CompletableFuture<Long>> readers = new ArrayList<>();
            for (int r = 0; r < 2; r++) {
                final long seed = r;
                readers.add(CompletableFuture.supplyAsync(
                        () -> {
                            final SplittableRandom random = new SplittableRandom(seed);
                            long reads = 0;
                            try (StorageReader reader = storage.newReader()) {
                                while (!stop.get()) {
                                    final View view = reader.enter();
                                    final Profile profile = view.profile(crm(random.nextInt(people)));
                                    reader.leave();
                                    assertThat(profile.attributes().get("age"))
                                            .isEqualTo(profile.attributes().get("twin"));
                                    reads++;
                                }
                            }
                            return reads;
                        },
                        threads));
            }
            for (int i = 0; i < 5_000; i++) {
                final long age = i % 90;
                apply(storage, patch(crm(i % people), List.of(), Map.of("age", age, "twin", age), Map.of()));
                if (i % 1_000 == 0) {
                    apply(storage, catalog("{" + i + "}", BANK));
                }
            }
            stop.set(true);
            for (final CompletableFuture<Long> reader : readers) {
                assertThat(reader.get(30, TimeUnit.SECONDS)).isPositive();
            }
        }
    }
}
