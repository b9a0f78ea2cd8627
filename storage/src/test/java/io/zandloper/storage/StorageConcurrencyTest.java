package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.row.RowBits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

class StorageConcurrencyTest extends StorageFixture {
    /** Age and twin are always written together; senior follows from age. */
    @Test
    void readersBesideTheWriterSeeWholeProfiles() throws Exception {
        final int people = 200;
        try (Storage storage = openQuick();
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

    /**
     * Profiles come, are linked with one that stays, and go. An identity that was acknowledged and not yet asked to be
     * erased is never unknown; whoever it leads to has it; and what the row says is what the record says.
     */
    @Test
    void readersBesideLinksAndErasuresNeverFindNobodyNorAnother() throws Exception {
        final int slots = 16;
        final AtomicReferenceArray<Identity> known = new AtomicReferenceArray<>(slots);
        try (Storage storage = openQuick();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            apply(storage, catalog("{1}", BANK));
            final AtomicBoolean stop = new AtomicBoolean();
            final List<CompletableFuture<Long>> readers = new ArrayList<>();
            for (int r = 0; r < 2; r++) {
                final long seed = r;
                readers.add(CompletableFuture.supplyAsync(
                        () -> readKnown(storage, known, new SplittableRandom(seed), stop), threads));
            }
            for (int i = 0; i < 4_000; i++) {
                final int slot = i % slots;
                final Identity before = known.getAndSet(slot, null);
                if (before != null) {
                    assertThat(apply(storage, new EraseProfile(before)).erased())
                            .contains(before);
                }
                final Identity visitor = new Identity("cookie", "c" + i);
                apply(storage, patch(visitor, List.of(), Map.of("age", 20L, "twin", 20L), Map.of()));
                known.set(slot, visitor);
                apply(storage, patch(crm(i), List.of(), Map.of("age", 70L, "twin", 70L), Map.of()));
                assertThat(apply(storage, new LinkProfiles(visitor, crm(i))).status())
                        .isEqualTo(ChangeOutcome.Status.UPDATED);
            }
            stop.set(true);
            for (final CompletableFuture<Long> reader : readers) {
                assertThat(reader.get(30, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(storage.status().profiles()).isEqualTo(slots);
            assertThat(storage.status().identities()).isEqualTo(2 * slots);
        }
    }

    private static long readKnown(
            Storage storage, AtomicReferenceArray<Identity> known, SplittableRandom random, AtomicBoolean stop) {
        final RowBits row = new RowBits();
        long reads = 0;
        try (StorageReader reader = storage.newReader()) {
            while (!stop.get()) {
                final int slot = random.nextInt(known.length());
                final Identity identity = known.get(slot);
                if (identity == null) {
                    continue;
                }
                final View view = reader.enter();
                final Profile profile = view.profile(identity);
                final int ordinal = view.find(identity);
                final boolean rowRead = ordinal != View.NOBODY && view.readRow(ordinal, row);
                final int senior = view.catalog().segmentBit("senior");
                reader.leave();
                if (profile == null) {
                    assertThat(known.get(slot)).isNotEqualTo(identity);
                    continue;
                }
                final long age = (long) profile.attributes().get("age");
                assertThat(profile.identities()).contains(identity);
                assertThat(profile.attributes()).containsEntry("twin", age);
                if (rowRead && row.sequence() == profile.sequence()) {
                    assertThat(row.isSet(senior)).isEqualTo(age >= 60);
                }
                reads++;
            }
        }
        return reads;
    }

    @Test
    void readersBesideReplacedListsSeeEveryProfileBeforeOrAfter() throws Exception {
        final int people = 300;
        try (Storage storage = openQuick();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < people; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of("age", 70L), Map.of()));
            }
            final AtomicBoolean stop = new AtomicBoolean();
            final List<CompletableFuture<Long>> readers = new ArrayList<>();
            for (int r = 0; r < 2; r++) {
                final long seed = r;
                readers.add(CompletableFuture.supplyAsync(
                        () -> readMembers(storage, people, new SplittableRandom(seed), stop), threads));
            }
            for (int round = 0; round < 40; round++) {
                final List<Identity> members = new ArrayList<>();
                for (int i = round % 3; i < people; i += 3) {
                    members.add(crm(i));
                }
                final long sequence = storage.sequence();
                apply(storage, replaceMembers(storage, "vip", Times.NEVER, members));
                assertThat(storage.sequence()).isEqualTo(sequence + 1);
            }
            stop.set(true);
            for (final CompletableFuture<Long> reader : readers) {
                assertThat(reader.get(30, TimeUnit.SECONDS)).isPositive();
            }
        }
    }

    /** That the row says of the segment, and of the one that follows from it, what the record of the same change says. */
    private static long readMembers(Storage storage, int people, SplittableRandom random, AtomicBoolean stop) {
        final RowBits row = new RowBits();
        long compared = 0;
        try (StorageReader reader = storage.newReader()) {
            while (!stop.get()) {
                final View view = reader.enter();
                final int ordinal = view.find(crm(random.nextInt(people)));
                final boolean rowRead = view.readRow(ordinal, row);
                final Profile profile = view.readProfile(ordinal);
                if (rowRead && row.sequence() == profile.sequence()) {
                    final boolean isMember = profile.listed().containsKey("vip");
                    assertThat(row.isSet(view.catalog().segmentBit("vip"))).isEqualTo(isMember);
                    assertThat(row.isSet(view.catalog().segmentBit("senior-vip")))
                            .isEqualTo(isMember);
                    compared++;
                }
                reader.leave();
            }
        }
        return compared;
    }
}
