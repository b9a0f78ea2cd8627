package io.zandloper.storage.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.InvalidExpressionException;
import io.zandloper.storage.catalog.Variables;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.row.RowTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudienceQueryTest {
    private static final long NOW = 1_000_000;
    private static final int LISTED = 66;
    private static final int PROFILES = 3_000;

    @TempDir
    Path parent;

    private static Catalog catalog() {
        final List<CatalogDocument.Segment> segments = new ArrayList<>();
        for (int i = 0; i < LISTED; i++) {
            segments.add(TestCatalogs.segment("s" + i, i % 5 == 0 ? Consent.purposeBit(1 + i % 4) : 0, null));
        }
        segments.add(TestCatalogs.segment("senior", 0, "profile.age >= 60"));
        segments.add(TestCatalogs.segment("both", Consent.purposeBit(2), "'s1' in segments && 's2' in segments"));
        return TestCatalogs.of(segments);
    }

    private static Profile randomProfile(Random random) {
        final SortedMap<String, Object> attributes = new TreeMap<>();
        if (random.nextBoolean()) {
            attributes.put("age", (long) random.nextInt(100));
        }
        final SortedMap<String, Long> listed = new TreeMap<>();
        for (int i = 0; i < LISTED; i++) {
            if (random.nextDouble() < 0.5 * Math.pow(0.93, i)) {
                listed.put("s" + i, random.nextInt(3) == 0 ? NOW + random.nextInt(3) - 1 : Times.NEVER);
            }
        }
        final Consent consent =
                random.nextInt(3) == 0 ? null : new Consent(random.nextInt() & Consent.ALL_PURPOSES, "", "");
        return new Profile(List.of(), attributes, listed, new TreeMap<>(), consent, EventHistory.EMPTY, 1, 0, 1, 1);
    }

    /** A member, or what is made of them; the last ones are beyond set algebra. */
    private static String random(Random random, int depth, boolean algebra) {
        if (depth == 0 || random.nextInt(5) == 0) {
            return switch (random.nextInt(20)) {
                case 0 -> "true";
                case 1 -> "false";
                case 2 -> "'senior' in segments";
                case 3 -> "'both' in segments";
                default -> "'s" + random.nextInt(LISTED) + "' in segments";
            };
        }
        final String a = random(random, depth - 1, algebra);
        final String b = random(random, depth - 1, algebra);
        return switch (random.nextInt(algebra ? 7 : 13)) {
            case 0, 1 -> "(" + a + ") && (" + b + ")";
            case 2 -> "(" + a + " || " + b + ")";
            case 3 -> "!(" + a + ")";
            case 4 -> "(" + a + " ? " + b + " : " + random(random, depth - 1, algebra) + ")";
            case 5 -> randomSize(random) + " && (" + a + ")";
            case 6 -> randomSize(random) + " || (" + b + ")";
            case 7 -> "(" + a + ") == (" + b + ")";
            case 8 -> "size(segments) > " + random.nextInt(12) + " && size(segments) % 2 == 0";
            case 9 -> "segments.exists(s, s.endsWith('" + random.nextInt(10) + "')) || (" + b + ")";
            // Ends in an error for those who have fewer.
            case 10 -> "segments[" + random.nextInt(6) + "] < 's3' || (" + a + ")";
            case 11 -> "!(segments[" + random.nextInt(6) + "] == 's1')";
            default -> "'s' + '" + random.nextInt(9) + "' in segments && (" + b + ")";
        };
    }

    /** How many of the 68 segments, in each way in which it is set algebra. */
    private static String randomSize(Random random) {
        final String operator = List.of("<", "<=", ">", ">=", "==", "!=").get(random.nextInt(6));
        final int count = random.nextInt(8) == 0 ? 66 + random.nextInt(4) : random.nextInt(14) - 1;
        return switch (random.nextInt(3)) {
            case 0 -> count + " " + operator + " size(segments)";
            case 1 -> "segments.size() " + operator + " " + count;
            default -> "size(segments) " + operator + " " + count;
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsCompiledIsWhatTheInterpreterSaysAndWhatAScanFinds(long seed) throws Exception {
        final Random random = new Random(seed);
        final Catalog catalog = catalog();
        final RowTable rows =
                RowTable.create(parent.resolve("rows"), catalog.segments().size());
        final Columns columns =
                Columns.create(parent.resolve("columns"), catalog.segments().size());
        final Map<Integer, Profile> profiles = new TreeMap<>();
        for (int i = 0; i < PROFILES; i++) {
            final int ordinal = random.nextInt(100_000);
            if (profiles.putIfAbsent(ordinal, randomProfile(random)) == null) {
                // As the writer saw it then; the time that is asked for comes later.
                final VisibleSegments visible = VisibleSegments.of(profiles.get(ordinal), catalog, NOW - 1);
                rows.ensureCapacity(ordinal);
                rows.write(ordinal, 1, 0, visible.nextExpiryMicros(), visible.bits());
                columns.update(ordinal, null, visible.bits(), visible.nextExpiryMicros());
            }
        }
        final BitSet all = new BitSet();
        all.set(0, catalog.segments().size());
        final long atMicros = NOW;
        try (FrozenColumns frozen = columns.freeze(
                catalog,
                all,
                1,
                atMicros,
                rows::read,
                ordinal -> VisibleSegments.of(profiles.get(ordinal), catalog, atMicros)
                        .bits())) {
            for (int i = 0; i < 80; i++) {
                final boolean algebra = i % 3 != 0;
                final String text = random(random, 1 + random.nextInt(4), algebra);
                final Audience audience = Audience.compile(text);
                if (algebra) {
                    assertThat(audience.tree()).as(text).isNotNull();
                }
                final BitSet expected = new BitSet();
                profiles.forEach((ordinal, profile) -> {
                    final VisibleSegments visible = VisibleSegments.of(profile, catalog, atMicros);
                    final boolean member = audience.expression().isSatisfied(Variables.ofRule(Map.of(), visible.ids()));
                    expected.set(ordinal, member);
                });
                for (final AudienceQuery query :
                        List.of(AudienceQuery.of(audience, catalog), AudienceQuery.interpreted(audience, catalog))) {
                    final BitSet members = new BitSet();
                    query.members(frozen).forEach((org.roaringbitmap.IntConsumer) members::set);
                    assertThat(members).as(text).isEqualTo(expected);
                    assertThat(query.count(frozen)).as(text).isEqualTo(expected.cardinality());
                    profiles.entrySet().stream()
                            .limit(50)
                            .forEach(entry -> assertThat(
                                            query.holds(VisibleSegments.of(entry.getValue(), catalog, atMicros)
                                                    .bits()))
                                    .as(text)
                                    .isEqualTo(expected.get(entry.getKey())));
                }
            }
        }
        columns.close();
        rows.close();
    }

    @Test
    void aSegmentThatACatalogLacksHasNoMembers() throws Exception {
        final Audience audience = Audience.compile("'gone' in segments || 's1' in segments");
        final Catalog catalog = catalog();
        assertThat(audience.unknownSegments(catalog)).containsExactly("gone");
        final AudienceQuery query = AudienceQuery.of(audience, catalog);
        assertThat(query.segments().cardinality()).isEqualTo(1);
        assertThat(query.holds(new long[2])).isFalse();
        assertThat(query.holds(new long[] {2, 0})).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "profile.age > 60 | reads profile",
                "'s1' in segments && context.channel == 'web' | reads context",
                "profile.a == context.b | reads context and profile",
                "has(profile.age) | reads profile",
                "size(segments) | is no condition",
                "segments | is no condition",
                "1 + 1 | is no condition",
                "'s1' in | does not compile",
                "other in segments | does not compile",
            })
    void whatIsNoAudience(String text, String reason) {
        assertThatThrownBy(() -> Audience.compile(text))
                .isInstanceOf(InvalidExpressionException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "size(segments) > 9223372036854775807, false",
        "size(segments) <= 9223372036854775807, true",
        "size(segments) > -9223372036854775808, true",
        "9223372036854775807 >= segments.size(), true",
    })
    void aNumberThatNobodyReachesOrEverybody(String text, boolean holds) throws Exception {
        final Audience audience = Audience.compile(text);
        assertThat(audience.tree()).isNotNull();
        assertThat(AudienceQuery.of(audience, catalog()).holds(new long[] {7, 0}))
                .isEqualTo(holds);
        assertThat(AudienceQuery.interpreted(audience, catalog()).holds(new long[] {7, 0}))
                .isEqualTo(holds);
    }

    @Test
    void whatTakesTooLongIsGivenUpAndHoldsNothing() throws Exception {
        final Catalog catalog = catalog();
        final Columns columns =
                Columns.create(parent.resolve("columns"), catalog.segments().size());
        for (int ordinal = 0; ordinal < 100; ordinal++) {
            columns.update(ordinal, null, new long[] {ordinal, 0}, Times.NEVER);
        }
        final BitSet all = new BitSet();
        all.set(0, catalog.segments().size());
        final AtomicLong millis = new AtomicLong();
        final LongSupplier aMillisecondALook = () -> TimeUnit.MILLISECONDS.toNanos(millis.getAndIncrement());
        try (FrozenColumns frozen =
                columns.freeze(catalog, all, 1, NOW, (ordinal, row) -> false, ordinal -> new long[2])) {
            for (final String text :
                    List.of("'s1' in segments", "size(segments) > 2", "segments.exists(s, s == 's1')")) {
                final AudienceQuery query = AudienceQuery.of(Audience.compile(text), catalog);
                assertThatThrownBy(() -> query.count(frozen, TimeLimit.ofMillis(0, aMillisecondALook)))
                        .as(text)
                        .isInstanceOf(TimeLimitException.class);
                assertThatThrownBy(() -> query.members(frozen, TimeLimit.ofMillis(0, aMillisecondALook)))
                        .as(text)
                        .isInstanceOf(TimeLimitException.class);
                assertThat(query.count(frozen)).as("without a limit: %s", text).isPositive();
                assertThat(query.holds(new long[] {7, 0})).isTrue();
            }
            final TimeLimit ten = TimeLimit.ofMillis(10, aMillisecondALook);
            final AudienceQuery interpreted = AudienceQuery.of(Audience.compile("segments[0] == 's1'"), catalog);
            assertThatThrownBy(() -> interpreted.count(frozen, ten))
                    .as("within a chunk, before the interpreter is asked once more")
                    .isInstanceOf(TimeLimitException.class);
        }
        assertThat(columns.fill().frozen()).isZero();
        columns.close();
    }

    @Test
    void theLimitOfAnExpression() throws Exception {
        final String longest = "'s1' in segments" + " ".repeat(4_096 - 16);
        assertThat(Audience.compile(longest).tree()).isNotNull();
        assertThatThrownBy(() -> Audience.compile(longest + " "))
                .isInstanceOf(InvalidExpressionException.class)
                .hasMessageContaining("4 KiB");
        assertThatThrownBy(() -> Audience.compile("")).isInstanceOf(InvalidExpressionException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "segments.exists(profile, profile == 's1')",
                "segments.exists(segments, segments == 's1')",
                "segments.exists(s, s in segments)",
                "'s1' in segments == true",
                "'s' + '1' in segments",
                "size(segments) > 12.0",
                "size(segments) == size('abc')",
                "size(['a']) == 1",
                "segments.exists(segments, size(segments) > 1)",
            })
    void whatIsAnAudienceButNoSetAlgebra(String text) throws Exception {
        assertThat(Audience.compile(text).tree()).isNull();
    }
}
