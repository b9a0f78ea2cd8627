package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.InvalidExpressionException;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.AttributesPatch;
import io.zandloper.storage.change.UpsertProfile.ConsentPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.column.AudienceQuery;
import io.zandloper.storage.column.FrozenColumns;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.row.RowBits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the columns are, at every moment, what a scan of all profiles says. */
class ColumnsFollowTest {
    private static final int PEOPLE = 400;
    private static final String[] AUDIENCES = {
        "true",
        "'a' in segments",
        "!('a' in segments)",
        "'a' in segments && 'ads' in segments && !('senior' in segments)",
        "'b' in segments || 'senior-a' in segments",
        "size(segments) >= 2",
        "segments.exists(s, s.startsWith('senior'))",
    };

    private final AtomicLong now = new AtomicLong(1_000_000);
    private boolean ownChanges = true;
    /** Rows that were overdue when counts were compared. */
    private long overdue;

    @TempDir
    private Path folder;

    private static CatalogDocument document(String... listed) {
        final List<CatalogDocument.Segment> segments = new ArrayList<>();
        for (final String id : listed) {
            segments.add(segment(id, id.equals("ads") ? Consent.purposeBit(4) : 0, null));
        }
        segments.add(segment("senior", 0, "profile.age >= 60"));
        segments.add(segment("senior-a", 0, "'senior' in segments && 'a' in segments"));
        return new CatalogDocument(segments, List.of(), List.of(), CatalogDocument.Policies.DEFAULT);
    }

    private static CatalogDocument.Segment segment(String id, int purposes, String rule) {
        return new CatalogDocument.Segment(id, null, purposes, null, null, rule);
    }

    private static Catalog compiled(String[] listed) {
        final CatalogCompilation compilation = CatalogCompiler.compile(document(listed), 0, Catalog.EMPTY);
        assertThat(compilation.errors()).isEmpty();
        return compilation.catalog();
    }

    /** The source of a test's catalog is its listed segments. */
    private Storage open() {
        final StorageConfig config = StorageConfig.of(folder.resolve("data"));
        return Storage.open(
                ownChanges ? config : config.withoutOwnChanges(),
                source -> compiled(new String(source, StandardCharsets.UTF_8).split(" ", -1)),
                now::get);
    }

    private static ReplaceCatalog catalog(String listed) {
        return new ReplaceCatalog(compiled(listed.split(" ", -1)), listed.getBytes(StandardCharsets.UTF_8), null);
    }

    private static ChangeOutcome apply(Storage storage, Change change) {
        final ChangeFuture outcome = new ChangeFuture();
        assertThat(storage.submit(change, outcome)).isTrue();
        return outcome.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static Identity crm(int number) {
        return new Identity("crm", Integer.toString(number));
    }

    private static UpsertProfile upsert(
            Identity target, Map<String, Object> attributes, SegmentsPatch segments, ConsentPatch consent) {
        return new UpsertProfile(
                target,
                Mode.MERGE,
                null,
                null,
                null,
                attributes == null ? null : new AttributesPatch(false, attributes),
                segments,
                null,
                consent);
    }

    private static UpsertProfile member(int number, String segment, long expiresMicros) {
        return upsert(crm(number), null, new SegmentsPatch(false, Map.of(segment, expiresMicros), List.of()), null);
    }

    private static ConsentPatch consent(int purposes) {
        return new ConsentPatch(false, purposes, true, null, null);
    }

    private static long count(Storage storage, String where) {
        final Catalog catalog = storage.catalog();
        final AudienceQuery query = AudienceQuery.of(audience(where), catalog);
        try (FrozenColumns frozen = storage.freeze(catalog, query.segments())
                .orTimeout(30, TimeUnit.SECONDS)
                .join()) {
            assertThat(frozen.sequence()).isLessThanOrEqualTo(storage.sequence()); // the housekeeping may be at work
            return query.count(frozen);
        }
    }

    /** By the records of everybody; nobody may be writing. */
    private void check(Storage storage) {
        final Catalog catalog = storage.catalog();
        final List<long[]> visible = new ArrayList<>();
        try (StorageReader reader = storage.newReader()) {
            final View view = reader.enter();
            final RowBits row = new RowBits();
            for (int ordinal = 0; ordinal < 4 * PEOPLE; ordinal++) {
                final Profile profile = view.readProfile(ordinal);
                if (profile != null) {
                    visible.add(VisibleSegments.of(profile, catalog, now.get()).bits());
                    overdue += view.readRow(ordinal, row) && row.nextExpiryMicros() <= now.get() ? 1 : 0;
                }
            }
        }
        for (final String where : AUDIENCES) {
            final AudienceQuery query = AudienceQuery.interpreted(audience(where), catalog);
            final long expected = visible.stream().filter(query::holds).count();
            assertThat(count(storage, where)).as(where).isEqualTo(expected);
        }
    }

    private Change random(Random random) {
        final int person = random.nextInt(PEOPLE);
        return switch (random.nextInt(20)) {
            case 0 -> new EraseProfile(crm(person));
            case 1 -> new LinkProfiles(crm(person), crm(random.nextInt(PEOPLE)));
            case 2, 3, 4 -> upsert(crm(person), Map.of("age", (long) random.nextInt(100)), null, null);
            case 5, 6, 7 -> upsert(crm(person), null, null, consent(random.nextInt(16)));
            case 8, 9 -> upsert(crm(person), null, new SegmentsPatch(false, Map.of(), List.of("a", "ads")), null);
            default ->
                member(
                        person,
                        new String[] {"a", "b", "ads"}[random.nextInt(3)],
                        random.nextInt(3) == 0 ? now.get() + random.nextInt(50) : Times.NEVER);
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4})
    void whereNothingIsTidiedACountShowsNoExpiredBitAllTheSame(long seed) throws IOException {
        ownChanges = false;
        afterRandomChangesRestartsAndCatalogs(seed);
        assertThat(overdue).as("rows that an expiry had overtaken").isGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void afterRandomChangesRestartsAndCatalogs(long seed) throws IOException {
        final Random random = new Random(seed);
        Storage storage = open();
        apply(storage, catalog("a b ads"));
        for (int step = 0; step < 1_500; step++) {
            apply(storage, random(random));
            if (random.nextInt(5) == 0) {
                now.addAndGet(random.nextInt(5));
            }
            switch (random.nextInt(60)) {
                case 0, 1, 2 -> check(storage);
                case 3 -> apply(storage, catalog(random.nextBoolean() ? "a b ads" : "ads c b a d"));
                case 4 -> {
                    storage.close();
                    if (random.nextBoolean()) {
                        Files.deleteIfExists(folder.resolve("data").resolve("clean-stop")); // as after a crash
                    }
                    storage = open();
                    check(storage);
                }
                default -> {}
            }
        }
        check(storage);
        storage.close();
    }

    @Test
    void aMembershipCountsUntilItsTime() {
        try (Storage storage = open()) {
            apply(storage, catalog("a b ads"));
            apply(storage, member(1, "a", now.get() + 10));
            apply(storage, member(2, "a", Times.NEVER));
            assertThat(count(storage, "'a' in segments")).isEqualTo(2);
            now.addAndGet(9);
            assertThat(count(storage, "'a' in segments")).isEqualTo(2);
            now.addAndGet(1);
            assertThat(count(storage, "'a' in segments")).isEqualTo(1);
            assertThat(count(storage, "true")).isEqualTo(2);
        }
    }

    @Test
    void whatIsFrozenStaysAsItWasWhileEverythingChanges() {
        try (Storage storage = open()) {
            apply(storage, catalog("a b ads"));
            for (int i = 0; i < 100; i++) {
                apply(storage, member(i, "a", Times.NEVER));
            }
            final Catalog catalog = storage.catalog();
            final AudienceQuery query = AudienceQuery.of(audience("'a' in segments"), catalog);
            try (FrozenColumns frozen =
                    storage.freeze(catalog, query.segments()).join()) {
                for (int i = 0; i < 50; i++) {
                    apply(storage, upsert(crm(i), null, new SegmentsPatch(false, Map.of(), List.of("a")), null));
                }
                apply(storage, catalog("b a"));
                for (int i = 50; i < 75; i++) {
                    apply(storage, upsert(crm(i), null, new SegmentsPatch(false, Map.of(), List.of("a")), null));
                }
                assertThat(query.count(frozen)).isEqualTo(100);
                assertThat(count(storage, "'a' in segments")).isEqualTo(25);
                // Asked under a catalog that is gone: told which one holds.
                try (FrozenColumns other =
                        storage.freeze(catalog, query.segments()).join()) {
                    assertThat(other.catalog()).isSameAs(storage.catalog());
                    assertThat(other.covers(query.segments())).isFalse();
                }
            }
        }
    }

    private static Audience audience(String text) {
        try {
            return Audience.compile(text);
        } catch (InvalidExpressionException e) {
            throw new AssertionError(text, e);
        }
    }
}
