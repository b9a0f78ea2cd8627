package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.ReplaceMembers;
import io.zandloper.storage.change.TidyProfile;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.erasure.ErasureLedger;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.journal.JournalEntry;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a recovery and a snapshot rest on: effects applied again, in order, change nothing. */
class EffectReplayTest extends StorageFixture {
    private static final int PEOPLE = 12;
    private static final int COOKIES = 20;
    private static final int CHANGES = 400;
    /** Other bits, a rule less, a rule that is another, and a segment that is listed no more. */
    private static final CatalogDocument OTHER = new CatalogDocument(
            List.of(
                    segment("senior", 0, "profile.age >= 50"),
                    segment("ads", 0, "'senior' in segments"),
                    segment("new", 0, null),
                    segment("vip", 0, null)),
            List.of(),
            List.of(),
            CatalogDocument.Policies.DEFAULT);

    /** By the first letter of the source: catalogs as they are compiled, and as a start reads them. */
    private static final CatalogLoader LOADER = new CatalogLoader() {
        private final Catalog bank = compiled(BANK);
        private final Catalog other = compiled(OTHER);

        @Override
        public Catalog compile(byte[] source) {
            return source[0] == 'b' ? bank : other;
        }
    };

    /** Everything in the tables, as text that can be compared. */
    private record State(Map<String, Integer> identities, Map<Integer, String> profiles, String free) {}

    private static State state(Tables tables) {
        final Map<String, Integer> identities = new TreeMap<>();
        for (int i = 0; i < PEOPLE; i++) {
            identities.put(crm(i).text(), tables.find(crm(i)));
        }
        for (int i = 0; i < COOKIES; i++) {
            identities.put(cookie(i).text(), tables.find(cookie(i)));
        }
        final Map<Integer, String> profiles = new TreeMap<>();
        final RowBits row = new RowBits();
        final RecordBuffer record = new RecordBuffer();
        for (int ordinal = 0; ordinal < tables.ordinals(); ordinal++) {
            final boolean hasRow = tables.published().rows().read(ordinal, row);
            assertThat(tables.records().get(ordinal, record)).isEqualTo(hasRow);
            if (hasRow) {
                final String words = Arrays.toString(row.image().bits());
                final byte[] bytes = Arrays.copyOf(record.array(), record.length());
                profiles.put(
                        ordinal,
                        row.sequence() + " " + row.purposes() + " " + row.nextExpiryMicros() + " " + words + " "
                                + Arrays.toString(bytes));
            }
        }
        return new State(identities, profiles, tables.ordinals() + Arrays.toString(tables.freeOrdinals()));
    }

    private static Identity cookie(int number) {
        return new Identity("cookie", Integer.toString(number));
    }

    private Change randomChange(SplittableRandom random, int number) {
        final Identity person = crm(random.nextInt(PEOPLE));
        final Identity cookie = cookie(random.nextInt(COOKIES));
        return switch (random.nextInt(40)) {
            case 0, 6, 7, 8 -> new EraseProfile(random.nextBoolean() ? person : cookie);
            case 1, 2, 9, 10, 11, 12 ->
                new LinkProfiles(person, random.nextBoolean() ? crm(random.nextInt(PEOPLE)) : cookie);
            case 3, 13, 14 -> new RecordEvent(cookie, "e" + number, "click", null, null, number, null, 1.5, Map.of());
            case 4, 15, 16, 17 -> new TidyProfile(random.nextInt(PEOPLE));
            case 22, 23, 24 -> replaceMembers(random);
            case 5 -> random.nextBoolean() ? catalog("b" + number, BANK) : catalog("o" + number, OTHER);
            case 18, 19, 20, 21 ->
                new UpsertProfile(
                        person,
                        Mode.MERGE,
                        null,
                        null,
                        new IdentitiesPatch(false, List.of(), List.of(cookie)),
                        null,
                        null,
                        null,
                        null);
            default -> {
                final Map<String, Long> segments = new HashMap<>();
                segments.put("vip", random.nextBoolean() ? Times.NEVER : now.get() + random.nextInt(20));
                yield patch(
                        person,
                        random.nextBoolean() ? List.of(cookie) : List.of(),
                        Map.of("age", (long) random.nextInt(100)),
                        segments);
            }
        };
    }

    private static ReplaceMembers replaceMembers(SplittableRandom random) {
        final IdentityHash hash = new IdentityHash(new byte[IdentityHash.KEY_BYTES]);
        final List<long[]> members = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            final byte[] utf8 = crm(i).utf8();
            hash.hash(utf8, 0, utf8.length);
            if (random.nextBoolean()) {
                members.add(new long[] {hash.high(), hash.low()});
            }
        }
        return new ReplaceMembers(random.nextBoolean() ? "vip" : "ads", Times.NEVER, members);
    }

    private Tables tables(String name) {
        final Path root = folder.resolve(name);
        return Tables.create(
                new DataFolder(root, root, Platform.MACHINE, new byte[IdentityHash.KEY_BYTES]),
                ErasureLedger.open(FileDisk.INSTANCE, root.resolve("ledger"), 0, 0, now.get()));
    }

    /** Journal entries of random changes, and the state they come to. */
    private State record(SplittableRandom random, List<JournalEntry> entries) {
        final Tables tables = tables("original");
        final EffectCodec codec = new EffectCodec(tables.newIdentityHash(), LOADER);
        final Resolver resolver = new Resolver(tables, now::get);
        for (int i = 0; i < CHANGES; i++) {
            now.addAndGet(random.nextInt(5));
            final Effect effect = resolver.resolve(randomChange(random, i)).effect();
            if (effect != null) {
                final ByteBuffer encoded = codec.encode(effect);
                final byte[] payload = new byte[encoded.remaining()];
                encoded.get(payload);
                entries.add(new JournalEntry(effect.sequence(), 1, EffectCodec.type(effect), ByteBuffer.wrap(payload)));
                tables.apply(effect);
            }
        }
        final State state = state(tables);
        tables.abandon();
        return state;
    }

    private static void apply(Tables tables, EffectCodec codec, JournalEntry entry) {
        tables.apply(codec.decode(new JournalEntry(
                entry.sequence(), 1, entry.type(), entry.payload().duplicate().order(ByteOrder.LITTLE_ENDIAN))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void effectsAppliedAgainInOrderComeToTheSameState(int number) {
        final long seed = System.nanoTime() + number;
        final SplittableRandom random = new SplittableRandom(seed);
        final List<JournalEntry> entries = new ArrayList<>();
        final State expected = record(random, entries);
        final Tables tables = tables("again");
        final EffectCodec codec = new EffectCodec(tables.newIdentityHash(), LOADER);
        for (final JournalEntry entry : entries) {
            apply(tables, codec, entry);
            apply(tables, codec, entry);
        }
        assertThat(state(tables)).as("each twice, seed %d", seed).isEqualTo(expected);
        for (int round = 0; round < 3; round++) {
            for (final JournalEntry entry : entries.subList(random.nextInt(entries.size()), entries.size())) {
                apply(tables, codec, entry);
            }
            assertThat(state(tables)).as("from somewhere on, seed %d", seed).isEqualTo(expected);
        }
        tables.abandon();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aStartThatCompilesOnlyTheLastCatalogComesToTheSameState(int number) {
        final long seed = System.nanoTime() + number;
        final SplittableRandom random = new SplittableRandom(seed);
        final List<JournalEntry> entries = new ArrayList<>();
        final State expected = record(random, entries);
        final Tables tables = tables("again");
        final EffectCodec codec =
                new EffectCodec(tables.newIdentityHash(), source -> Catalog.outline(LOADER.read(source)));
        tables.postponeJudging();
        for (final JournalEntry entry : entries) {
            apply(tables, codec, entry);
        }
        tables.judgePostponed(LOADER);
        assertThat(state(tables)).as("seed %d", seed).isEqualTo(expected);
        tables.abandon();
    }
}
