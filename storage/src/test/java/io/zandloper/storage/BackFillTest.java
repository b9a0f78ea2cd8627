package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.BackFillStatus.State;
import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.ReplaceMembers;
import io.zandloper.storage.column.AudienceQuery;
import io.zandloper.storage.column.FrozenColumns;
import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.journal.Durability;
import io.zandloper.storage.journal.Journal;
import io.zandloper.storage.journal.JournalTip;
import io.zandloper.storage.journal.Term;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.row.RowBits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Catalogs laid out step by step while changes go on; the production writer in the test's thread. */
class BackFillTest extends StorageFixture {
    private static final CatalogDocument.Policies GRANT = new CatalogDocument.Policies(
            true,
            null,
            List.of(),
            List.of(),
            CatalogDocument.Policies.DEFAULT.erasureBoundMicros(),
            CatalogDocument.Policies.DEFAULT.retentionMicros());

    /** Each differs from the others in something a row depends on, or in nothing. */
    private static final List<CatalogDocument> DOCUMENTS = List.of(
            BANK,
            document(
                    CatalogDocument.Policies.DEFAULT,
                    segment("senior", 0, "profile.age >= 60"),
                    segment("new", 0, null),
                    segment("vip", 0, null),
                    segment("senior-vip", 0, "'senior' in segments && 'vip' in segments")),
            document(
                    CatalogDocument.Policies.DEFAULT,
                    segment("vip", Consent.purposeBit(4), null),
                    segment("ads", Consent.purposeBit(4), null),
                    segment("senior", 0, "profile.age >= 65"),
                    segment("senior-vip", 0, "'senior' in segments && 'vip' in segments"),
                    segment("many", 0, "size(segments) > 1")),
            document(GRANT, BANK.segments().toArray(CatalogDocument.Segment[]::new)),
            document(
                    CatalogDocument.Policies.DEFAULT,
                    segment("ads", 0, "profile.age < 30"),
                    segment("many", 0, "size(segments) > 1")));

    private final SplittableRandom keys = new SplittableRandom(1);
    private final SimulatedDisk disk = new SimulatedDisk(keys.split());
    private final SparseMemory memory = new SparseMemory(keys.split());
    private final HeapRecordStores records = new HeapRecordStores();
    private Tables tables;
    private Journal journal;
    private Writer writer;

    private static CatalogDocument document(CatalogDocument.Policies policies, CatalogDocument.Segment... segments) {
        return new CatalogDocument(List.of(segments), List.of(), List.of(), policies);
    }

    /** The document's number is its text. */
    private static Catalog catalogOf(byte[] source) {
        return compiled(DOCUMENTS.get(new String(source, StandardCharsets.UTF_8).charAt(0) - '0'));
    }

    private static ReplaceCatalog replace(int document, String salt) {
        return catalog(document + salt, DOCUMENTS.get(document));
    }

    /** Starts from what is in the journal's folder. */
    private void start(int rowsAStep) {
        final Recovery.Recovered recovered = recover(disk, folder);
        tables = recovered.tables();
        journal = Journal.open(
                disk,
                folder.resolve("journal"),
                Durability.FSYNC,
                1 << 20,
                new Term(recovered.end().term().number() + 1, 5),
                recovered.end());
        writer = new Writer(
                tables,
                journal,
                new EffectCodec(tables.newIdentityHash(), BackFillTest::catalogOf),
                true,
                now::get,
                1 << 12,
                rowsAStep,
                Role.PRIMARY,
                WriterListeners.none());
    }

    /** @param root where the tables are mapped */
    private Recovery.Recovered recover(SimulatedDisk onDisk, Path root) {
        final Path journalFolder = folder.resolve("journal");
        final Platform platform = new Platform(onDisk, memory, records, key -> Arrays.fill(key, (byte) 1));
        return new Recovery(
                        new DataFolder(
                                root, journalFolder, platform, JournalFolder.identityKey(platform, journalFolder)),
                        now.get(),
                        BackFillTest::catalogOf)
                .run();
    }

    /** What a start finds that has nothing but what is durable now. */
    private Tables recovered(Path root) {
        final SimulatedDisk copy = disk.durableCopy();
        copy.put(root.resolve("any"), new byte[0]); // for its folder to be there
        return recover(copy, root).tables();
    }

    /** What was heard of a change. */
    private static final class Heard implements ChangeListener {
        @Nullable
        ChangeOutcome outcome;

        @Nullable
        StorageException failure;

        @Override
        public void onOutcome(ChangeOutcome heard) {
            outcome = heard;
        }

        @Override
        public void onFailure(StorageException cause) {
            failure = cause;
        }
    }

    private Heard submit(Change change) {
        final Heard heard = new Heard();
        assertThat(writer.submit(change, heard)).isTrue();
        return heard;
    }

    private void people(int count) {
        for (int i = 0; i < count; i++) {
            submit(patch(crm(i), List.of(), Map.of("age", (long) (i % 100)), Map.of("vip", Times.NEVER)));
        }
        writer.workBatch();
    }

    /** Every row as text, and what the columns count. */
    private static Map<String, String> rows(Tables tables, long atMicros) throws Exception {
        final Map<String, String> rows = new TreeMap<>();
        final RowBits row = new RowBits();
        for (int ordinal = 0; ordinal < tables.ordinals(); ordinal++) {
            if (tables.published().rows().read(ordinal, row)) {
                rows.put(
                        "row " + ordinal,
                        row.sequence() + " " + row.purposes() + " " + row.nextExpiryMicros() + " "
                                + Arrays.toString(row.image().bits()));
            }
        }
        final Catalog catalog = tables.published().catalog();
        for (final Catalog.Segment segment : catalog.segments()) {
            final AudienceQuery query =
                    AudienceQuery.of(Audience.compile("'" + segment.id() + "' in segments"), catalog);
            try (FrozenColumns columns = tables.freeze(catalog, query.segments(), atMicros)) {
                rows.put("count of " + segment.id(), Long.toString(query.count(columns)));
            }
        }
        return rows;
    }

    private void assertRowsAreThoseOfAScan() throws Exception {
        final RowBits row = new RowBits();
        final Catalog catalog = tables.published().catalog();
        final long[] members = new long[catalog.segments().size()];
        for (int ordinal = 0; ordinal < tables.ordinals(); ordinal++) {
            final Profile profile = tables.readProfile(ordinal);
            assertThat(tables.published().rows().read(ordinal, row)).isEqualTo(profile != null);
            if (profile != null) {
                final VisibleSegments visible = VisibleSegments.of(profile, catalog, now.get());
                if (now.get() < row.nextExpiryMicros()) {
                    assertThat(row.image().bits()).isEqualTo(visible.bits());
                }
                for (int bit = 0; bit < members.length; bit++) {
                    members[bit] += visible.bits()[bit / Long.SIZE] >>> bit & 1;
                }
            }
        }
        final Map<String, String> counted = rows(tables, now.get());
        for (final Catalog.Segment segment : catalog.segments()) {
            assertThat(counted.get("count of " + segment.id())).isEqualTo(Long.toString(members[segment.bit()]));
        }
    }

    private Change randomChange(SplittableRandom random, int people) {
        return switch (random.nextInt(10)) {
            case 0 -> new EraseProfile(crm(random.nextInt(people)));
            case 1 -> new LinkProfiles(crm(random.nextInt(people)), crm(random.nextInt(people)));
            case 2 -> {
                final IdentityHash hash = tables.newIdentityHash();
                final List<long[]> members = new ArrayList<>();
                for (int i = 0; i < people; i += 1 + random.nextInt(5)) {
                    final byte[] utf8 = crm(i).utf8();
                    hash.hash(utf8, 0, utf8.length);
                    members.add(new long[] {hash.high(), hash.low()});
                }
                yield new ReplaceMembers("vip", expiry(random), members);
            }
            default -> {
                final Map<String, Long> segments = new HashMap<>();
                segments.put(random.nextBoolean() ? "vip" : "ads", expiry(random));
                yield patch(crm(random.nextInt(people)), List.of(), Map.of("age", random.nextLong(100)), segments);
            }
        };
    }

    private long expiry(SplittableRandom random) {
        return random.nextBoolean() ? Times.NEVER : now.get() + random.nextInt(400_000);
    }

    /** The journal has nothing but effects and the replacement's time: whoever reads it comes to the same rows. */
    @Test
    void whatIsLaidOutBetweenChangesIsWhatTheJournalComesTo() throws Exception {
        final long seed = Long.getLong("zandloper.seed", System.nanoTime());
        final SplittableRandom random = new SplittableRandom(seed);
        final int people = 120;
        start(5);
        int inSteps = 0;
        try {
            for (int round = 0; round < 40; round++) {
                final Heard catalog = submit(replace(random.nextInt(DOCUMENTS.size()), "-" + round));
                int batches = 0;
                while (catalog.outcome == null) {
                    assertThat(catalog.failure).isNull();
                    for (int left = random.nextInt(12); left > 0; left--) {
                        now.addAndGet(random.nextInt(10_000));
                        submit(randomChange(random, people));
                    }
                    writer.workBatch();
                    batches++;
                }
                inSteps += batches > 2 ? 1 : 0;
                assertRowsAreThoseOfAScan();
                final Tables again = recovered(folder.resolve("again-" + round));
                assertThat(rows(again, now.get())).isEqualTo(rows(tables, now.get()));
                again.abandon();
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("-Dzandloper.seed=" + seed, e);
        }
        assertThat(inSteps).isGreaterThan(10);
        tables.abandon();
    }

    @Test
    void aCrashAtAnyStepLeavesTheOldCatalogOrTheNewWhole() throws Exception {
        start(1);
        final Heard first = submit(replace(0, ""));
        people(20);
        while (first.outcome == null) {
            writer.workBatch();
        }
        final Heard second = submit(replace(2, ""));
        int step = 0;
        do {
            writer.workBatch();
            final Tables before = tables;
            final Tables found = recovered(folder.resolve("crashed-" + step++));
            final boolean isNew = second.outcome != null;
            assertThat(found.published().catalog().version()).isEqualTo(isNew ? 2 : 1);
            tables = found;
            assertRowsAreThoseOfAScan();
            found.abandon();
            tables = before;
        } while (second.outcome == null);
        assertThat(step).isGreaterThan(15);
        tables.abandon();
    }

    @Test
    void aCleanStopInTheMiddleLeavesTheOldCatalog() throws Exception {
        start(1);
        final Heard first = submit(replace(0, ""));
        people(20);
        while (first.outcome == null) {
            writer.workBatch();
        }
        submit(replace(2, ""));
        writer.workBatch();
        assertThat(tables.rows().replacementStatus().state()).isEqualTo(State.RUNNING);
        journal.close();
        tables.close(journal.end(), JournalTip.of(disk, folder.resolve("journal")));
        start(1);
        assertThat(tables.published().catalog().version()).isEqualTo(1);
        assertRowsAreThoseOfAScan();
        final Heard again = submit(replace(2, ""));
        while (again.outcome == null) {
            writer.workBatch();
        }
        assertThat(again.outcome.version()).isEqualTo(2);
        assertRowsAreThoseOfAScan();
        tables.abandon();
    }

    @Test
    void whatHasNotChangedIsNotEvaluatedAgain() throws Exception {
        start(16);
        submit(replace(0, ""));
        writer.workBatch();
        people(100);

        // Other offers or another text: the rows stay where they are.
        final int generation = tables.published().rowGeneration();
        assertThat(replaceAndWait(replace(0, "-same")).rulesEvaluated()).isZero();
        assertThat(tables.published().rowGeneration()).isEqualTo(generation);

        // Reordered, one segment more that nobody is in, one less: bits are copied, no record is read.
        final BackFillStatus reordered = replaceAndWait(replace(1, ""));
        assertThat(reordered).isEqualTo(new BackFillStatus(State.DONE, 3, 100, 100, 100, 0));

        // Back again: nobody knows from the rows who is in the segment that comes back.
        final BackFillStatus back = replaceAndWait(replace(0, "-back"));
        assertThat(back).isEqualTo(new BackFillStatus(State.DONE, 4, 100, 100, 0, 0));

        // Two rules have new inputs or a new text, and one is new.
        final BackFillStatus changed = replaceAndWait(replace(2, ""));
        assertThat(changed).isEqualTo(new BackFillStatus(State.DONE, 5, 100, 100, 0, 300));

        // Another default of consent may mean anything.
        replaceAndWait(replace(0, "-once-more"));
        assertThat(replaceAndWait(replace(3, ""))).isEqualTo(new BackFillStatus(State.DONE, 7, 100, 100, 0, 200));
        tables.abandon();
    }

    private BackFillStatus replaceAndWait(ReplaceCatalog change) throws Exception {
        final Heard heard = submit(change);
        while (heard.outcome == null) {
            assertThat(heard.failure).isNull();
            writer.workBatch();
        }
        assertRowsAreThoseOfAScan();
        return tables.rows().replacementStatus();
    }

    @Test
    void catalogsAreReplacedOneAfterTheOtherAndPreconditionsHoldAtTheirTurn() {
        start(1);
        submit(replace(0, ""));
        writer.workBatch();
        people(10);
        final Heard first = submit(replace(1, ""));
        final Heard second = submit(
                new ReplaceCatalog(compiled(DOCUMENTS.get(2)), "2".getBytes(StandardCharsets.UTF_8), List.of(2L)));
        final Heard late = submit(
                new ReplaceCatalog(compiled(DOCUMENTS.get(3)), "3".getBytes(StandardCharsets.UTF_8), List.of(2L)));
        final Heard change = submit(patch(crm(1), List.of(), Map.of("age", 99L), Map.of()));
        writer.workBatch();
        assertThat(change.outcome).as("goes on meanwhile").isNotNull();
        assertThat(first.outcome).isNull();
        while (late.outcome == null) {
            writer.workBatch();
        }
        assertThat(first.outcome.version()).isEqualTo(2);
        assertThat(second.outcome.version()).isEqualTo(3);
        assertThat(second.outcome.sequence()).isEqualTo(first.outcome.sequence() + 1);
        assertThat(late.outcome.status()).isEqualTo(Status.PRECONDITION_FAILED);
        tables.abandon();
    }

    @Test
    void oneThatIsEqualToThePresentCatalogIsNotTakenForOneThatIsEqualToTheNext() throws Exception {
        start(1);
        replaceAndWait(replace(0, ""));
        people(10);
        final Heard other = submit(replace(1, ""));
        final Heard asBefore = submit(equalTo(1));
        while (asBefore.outcome == null) {
            writer.workBatch();
        }
        assertThat(other.outcome.version()).isEqualTo(2);
        assertThat(asBefore.outcome.status()).isEqualTo(Status.UPDATED);
        assertThat(asBefore.outcome.version()).isEqualTo(3);
        final Heard again = submit(equalTo(3));
        writer.workBatch();
        assertThat(again.outcome.status()).isEqualTo(Status.UNCHANGED);
        tables.abandon();
    }

    private static ReplaceCatalog equalTo(long version) {
        final byte[] source = ("0-equal-to-" + version).getBytes(StandardCharsets.UTF_8);
        return new ReplaceCatalog(compiled(DOCUMENTS.get(0)), source, null, version);
    }

    @Test
    void whereTimeHasOvertakenManyRowsTheyAreLaidOutThoughTheSegmentsStay() throws Exception {
        start(16);
        replaceAndWait(replace(0, ""));
        for (int i = 0; i < 600; i++) {
            submit(patch(crm(i), List.of(), Map.of(), Map.of("vip", now.get() + 1_000)));
        }
        while (tables.ordinals() < 600) {
            writer.workBatch();
        }
        now.addAndGet(2_000);
        assertThat(replaceAndWait(replace(0, "-same")).rowsDone()).isEqualTo(600);
        tables.abandon();
    }

    /** 512 rules: 16 rows a step, and many steps for the columns. */
    @Test
    void aStepEndsWhenItsRulesHaveTakenLongEnoughUnlessTheWriterIsBusy() throws Exception {
        start(4_096);
        replaceAndWait(replace(0, ""));
        people(200);
        final CatalogDocument.Segment[] rules = new CatalogDocument.Segment[512];
        Arrays.setAll(rules, i -> segment("s" + i, 0, "profile.age >= " + i));
        final Heard heard = submit(catalog("many rules", document(CatalogDocument.Policies.DEFAULT, rules)));
        writer.workBatch();
        final long first = tables.rows().replacementStatus().rowsDone();
        assertThat(first).isBetween(16L, 50L);
        for (int i = 0; i < 100; i++) {
            submit(patch(crm(i), List.of(), Map.of("age", 99L), Map.of()));
        }
        writer.workBatch();
        assertThat(tables.rows().replacementStatus().rowsDone()).isBetween(first + 100, 199L);
        while (heard.outcome == null) {
            submit(patch(crm(7), List.of(), Map.of("age", now.incrementAndGet() % 100), Map.of()));
            writer.workBatch();
        }
        assertRowsAreThoseOfAScan();
        tables.abandon();
    }

    @Test
    void moreThanAFewDoNotWait() {
        start(1);
        submit(replace(0, ""));
        writer.workBatch();
        people(10);
        final List<Heard> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(submit(replace(1 + i % 2, "-" + i)));
        }
        writer.workBatch();
        assertThat(all.subList(9, 12))
                .allSatisfy(refused -> assertThat(refused.failure).hasMessageContaining("too many"));
        while (all.get(8).outcome == null) {
            writer.workBatch();
        }
        assertThat(tables.published().catalog().version()).isEqualTo(10);
        tables.abandon();
    }

    @Test
    void whereThereIsNoRoomTheOldCatalogServesOn() throws Exception {
        start(1);
        submit(replace(0, ""));
        writer.workBatch();
        people(10);
        memory.refuseOneIn(1);
        final Heard refused = submit(replace(2, ""));
        while (refused.failure == null) {
            writer.workBatch();
        }
        assertThat(refused.failure).hasMessageContaining("the old one serves on");
        assertThat(tables.published().catalog().version()).isEqualTo(1);
        final Heard change = submit(patch(crm(1), List.of(), Map.of("age", 99L), Map.of()));
        writer.workBatch();
        assertThat(change.outcome).isNotNull();
        assertRowsAreThoseOfAScan();
        memory.refuseOneIn(0);
        replaceAndWait(replace(2, "-again"));
        tables.abandon();
    }
}
