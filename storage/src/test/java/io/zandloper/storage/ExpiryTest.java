package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.ReplaceMembers;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Memberships that end: for readers at once, in the tables soon after, in the record after 30 days. */
class ExpiryTest extends StorageFixture {
    private static final long MILLI = 1_000;
    private static final long DAY = 86_400_000_000L;
    private static final long END = 5_000_000;

    private static void await(String what, BooleanSupplier condition) {
        final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadlineNanos);
            LockSupport.parkNanos(MILLI * MILLI);
        }
    }

    private static int test(Storage storage, Identity identity, String segment, long nowMicros) {
        try (StorageReader reader = storage.newReader()) {
            final View view = reader.enter();
            return view.testSegment(view.find(identity), view.catalog().segmentBit(segment), nowMicros);
        }
    }

    private static List<String> visibleAt(Storage storage, Identity identity, long atMicros) {
        return VisibleSegments.of(read(storage, identity), storage.catalog(), atMicros)
                .ids();
    }

    private static UpsertProfile senior(int number, long expiresMicros) {
        return patch(crm(number), List.of(), Map.of("age", 70L), Map.of("vip", expiresMicros));
    }

    @Test
    void aMembershipEndsAtItsTimeThoughNothingHasBeenTidied() {
        try (Storage storage =
                Storage.open(StorageConfig.of(folder).withoutOwnChanges(), source -> compiled(BANK), now::get)) {
            apply(storage, catalog("{}", BANK));
            final ChangeOutcome written = apply(storage, senior(1, END));
            now.set(END - 1);
            assertThat(test(storage, crm(1), "vip", now.get())).isEqualTo(1);
            now.set(END);
            assertThat(test(storage, crm(1), "vip", now.get())).isEqualTo(-1);
            assertThat(visibleAt(storage, crm(1), now.get())).containsExactly("senior");
            assertThat(storage.sequence()).isEqualTo(written.sequence());
        }
    }

    @Test
    void theRowFollowsTheEndOfAMembership() {
        try (Storage storage = open()) {
            apply(storage, catalog("{}", BANK));
            final ChangeOutcome written = apply(storage, senior(1, END));
            now.set(END - 1);
            assertThat(test(storage, crm(1), "vip", now.get())).isEqualTo(1);
            now.set(END + 2 * MILLI);
            await("the row is judged anew", () -> storage.sequence() > written.sequence());
            assertThat(storage.sequence()).isEqualTo(written.sequence() + 1);
            assertThat(test(storage, crm(1), "vip", now.get())).isZero();
            assertThat(visible(storage, crm(1)))
                    .as("rules that read what ended are judged anew too")
                    .containsExactly("senior");
            final Profile profile = read(storage, crm(1));
            assertThat(profile.version()).isEqualTo(written.version());
            assertThat(profile.updatedAtMicros()).isEqualTo(1_000_000);
            assertThat(profile.sequence()).isEqualTo(written.sequence() + 1);
            assertThat(profile.listed()).containsEntry("vip", END);
            assertThat(visibleAt(storage, crm(1), END - 1)).containsExactly("vip", "senior", "senior-vip");
        }
    }

    @Test
    void whatEndsLaterOrIsProlongedIsNotTouched() {
        try (Storage storage = open()) {
            apply(storage, catalog("{}", BANK));
            apply(storage, senior(1, END));
            apply(storage, senior(2, END));
            apply(storage, senior(3, 2 * END));
            final long sequence = apply(storage, senior(1, 3 * END)).sequence();
            now.set(END + 2 * MILLI);
            await("the row is judged anew", () -> storage.sequence() > sequence);
            assertThat(storage.sequence()).isEqualTo(sequence + 1);
            assertThat(test(storage, crm(1), "vip", now.get())).isEqualTo(1);
            assertThat(test(storage, crm(2), "vip", now.get())).isZero();
            assertThat(test(storage, crm(3), "vip", now.get())).isEqualTo(1);
            now.set(4 * END);
            await("both rows are judged anew", () -> storage.sequence() == sequence + 3);
        }
    }

    @Test
    void whatEndedWhileNobodyServedIsTidiedAfterTheStart() throws Exception {
        final Path killed = folder.resolve("killed");
        final Path running = folder.resolve("running");
        final long sequence;
        try (Storage storage = open(running)) {
            apply(storage, catalog("{}", BANK));
            apply(storage, patch(crm(0), List.of(), Map.of(), Map.of("vip", Times.NEVER)));
            sequence = apply(storage, senior(1, END)).sequence();
            copy(running, killed);
        }
        now.set(2 * END);
        for (final Path stopped : List.of(running, killed)) {
            try (Storage storage = open(stopped)) {
                assertThat(visibleAt(storage, crm(1), now.get())).containsExactly("senior");
                now.addAndGet(1_000 * MILLI);
                await("the row is judged anew", () -> storage.sequence() == sequence + 1);
                assertThat(visible(storage, crm(1))).containsExactly("senior");
            }
            try (Storage storage = open(stopped)) {
                assertThat(storage.sequence()).isEqualTo(sequence + 1);
                assertThat(visible(storage, crm(1))).containsExactly("senior");
                assertThat(visible(storage, crm(0))).containsExactly("vip");
            }
        }
    }

    @Test
    void aNewCatalogEntersTheTimesThatCountUnderIt() {
        final CatalogDocument without = new CatalogDocument(
                List.of(segment("senior", 0, "profile.age >= 60")),
                List.of(),
                List.of(),
                CatalogDocument.Policies.DEFAULT);
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, senior(1, END));
            final long sequence = apply(storage, catalog("{2}", without)).sequence();
            now.set(END / 2);
            final long back = apply(storage, catalog("{3}", BANK)).sequence();
            assertThat(back).isEqualTo(sequence + 1);
            assertThat(visible(storage, crm(1))).containsExactly("vip", "senior", "senior-vip");
            now.set(2 * END);
            await("the row is judged anew", () -> {
                // What is due already when a calendar is made is handed out once that millisecond is over.
                now.addAndGet(2 * MILLI);
                return storage.sequence() == back + 1;
            });
            assertThat(visible(storage, crm(1))).containsExactly("senior");
        }
    }

    @Test
    void linkedErasedAndListedProfilesAreDueAsTheyAreNow() {
        final CatalogDocument two = new CatalogDocument(
                List.of(segment("vip", 0, null), segment("list", 0, null)),
                List.of(),
                List.of(),
                CatalogDocument.Policies.DEFAULT);
        try (Storage storage = open()) {
            apply(storage, catalog("{}", two));
            apply(storage, senior(1, END));
            apply(storage, senior(2, 3 * END));
            apply(storage, senior(3, END));
            apply(storage, patch(crm(4), List.of(), Map.of(), Map.of()));
            apply(storage, new LinkProfiles(crm(1), crm(2)));
            apply(storage, new EraseProfile(crm(3)));
            final IdentityHash hash = storage.newIdentityHash();
            final byte[] utf8 = crm(4).utf8();
            hash.hash(utf8, 0, utf8.length);
            final long sequence = apply(storage, new ReplaceMembers("list", 2 * END, List.of(new long[] {
                        hash.high(), hash.low()
                    })))
                    .sequence();
            now.set(2 * END - 1);
            assertThat(visibleAt(storage, crm(1), now.get())).contains("vip");
            now.set(2 * END + MILLI * MILLI);
            await("the list ended", () -> storage.sequence() > sequence);
            assertThat(storage.sequence()).isEqualTo(sequence + 1);
            assertThat(read(storage, crm(4)).sequence()).isEqualTo(sequence + 1);
            now.set(4 * END);
            await("what the two had ended", () -> storage.sequence() > sequence + 1);
            assertThat(storage.sequence()).isEqualTo(sequence + 2);
            assertThat(test(storage, crm(1), "vip", now.get())).isZero();
        }
    }

    @Test
    void thousandsThatEndAtOnceAndWritesDoNotHinderEachOther() {
        final int profiles = 3_000;
        try (Storage storage = openQuick()) {
            apply(storage, catalog("{}", BANK));
            for (int i = 0; i < profiles; i++) {
                apply(storage, senior(i, END));
            }
            final long before = storage.sequence();
            now.set(2 * END);
            int writes = 0;
            long sequence = before;
            while (sequence < before + profiles + writes) {
                final ChangeOutcome outcome =
                        apply(storage, patch(crm(profiles + writes), List.of(), Map.of(), Map.of("vip", Times.NEVER)));
                assertThat(outcome.status()).isEqualTo(Status.CREATED);
                writes++;
                sequence = storage.sequence();
                assertThat(writes).as("expiries starve").isLessThan(10 * profiles);
            }
            assertThat(storage.sequence()).isEqualTo(before + profiles + writes);
            for (int i = 0; i < profiles; i++) {
                assertThat(test(storage, crm(i), "vip", now.get())).isZero();
            }
        }
    }

    @Test
    void entriesGo30DaysAfterTheirEnd() {
        try (Storage storage = open()) {
            apply(storage, catalog("{}", BANK));
            final ChangeOutcome written = apply(storage, senior(1, END));
            now.set(END + 30 * DAY - 1);
            await("the row is judged anew", () -> storage.sequence() == written.sequence() + 1);
            assertThat(read(storage, crm(1)).listed()).containsOnlyKeys("vip");
            assertThat(visibleAt(storage, crm(1), now.get() - 30 * DAY)).contains("vip");
            now.set(END + 32 * DAY);
            await("the entry goes", () -> read(storage, crm(1)).listed().isEmpty());
            assertThat(storage.sequence()).isEqualTo(written.sequence() + 2);
            assertThat(read(storage, crm(1)).version()).isEqualTo(written.version());
            assertThat(visible(storage, crm(1))).containsExactly("senior");
        }
    }
}
