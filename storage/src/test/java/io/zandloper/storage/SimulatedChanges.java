package io.zandloper.storage;

import static io.zandloper.storage.StorageFixture.compiled;
import static io.zandloper.storage.StorageFixture.crm;
import static io.zandloper.storage.StorageFixture.segment;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.change.Change;
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
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Changes of every kind, of few people under few catalogs, so that they meet. */
final class SimulatedChanges {
    private static final int PEOPLE = 10;
    private static final int COOKIES = 14;
    private static final long HOUR = 3_600_000_000L;

    private static final Map<String, Catalog> CATALOGS = Map.of(
            "{1}", compiled(StorageFixture.BANK),
            "{2}",
                    compiled(new CatalogDocument(
                            List.of(segment("young", 0, "profile.age < 30"), segment("vip", 0, null)),
                            List.of(),
                            List.of(),
                            CatalogDocument.Policies.DEFAULT)),
            "{3}", compiled(wide()));

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
    private final SimulatedMachine machine;
    /** Whom the hashes of a replacement name. */
    private final IdentityHashMap<ReplaceMembers, List<Identity>> membersOf = new IdentityHashMap<>();

    private int changes;

    SimulatedChanges(SplittableRandom random, SimulatedMachine machine) {
        this.random = random;
        this.machine = machine;
    }

    /** How many there were. */
    int count() {
        return changes;
    }

    /** Whom a replacement was made of. */
    List<Identity> members(ReplaceMembers change) {
        return Objects.requireNonNull(membersOf.get(change));
    }

    static Catalog catalogOf(byte[] source) {
        return Objects.requireNonNull(CATALOGS.get(new String(source, StandardCharsets.UTF_8)));
    }

    /** Everybody who may be named. */
    static List<Identity> universe() {
        final List<Identity> identities = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            identities.add(crm(i));
        }
        for (int i = 0; i < COOKIES; i++) {
            identities.add(new Identity("cookie", Integer.toString(i)));
        }
        return identities;
    }

    private Identity anybody() {
        return random.nextInt(3) == 0
                ? new Identity("cookie", Integer.toString(random.nextInt(COOKIES)))
                : crm(random.nextInt(PEOPLE));
    }

    /** The next one; time passes before it. */
    Change next(Tables tables) {
        machine.pass(random.nextInt(50) == 0 ? random.nextLong(20 * HOUR) : random.nextInt(1_000));
        changes++;
        return switch (random.nextInt(24)) {
            case 0, 1 -> new EraseProfile(anybody());
            case 2, 3 -> new LinkProfiles(anybody(), anybody());
            case 4, 5, 6, 7 -> {
                final int number = random.nextInt(4) == 0 ? random.nextInt(changes) : changes;
                yield new RecordEvent(
                        anybody(), "e" + number, "t" + number, null, null, machine.nowMicros(), null, null, Map.of());
            }
            case 8 -> random.nextBoolean() ? new TidyProfile(random.nextInt(PEOPLE + COOKIES)) : replaceMembers(tables);
            case 9 -> {
                final String source = "{" + (1 + random.nextInt(3)) + "}";
                yield new ReplaceCatalog(CATALOGS.get(source), source.getBytes(StandardCharsets.UTF_8), null);
            }
            case 10 -> upsert(anybody(), List.of(), List.of(anybody()));
            case 11, 12 -> upsert(null, List.of(anybody(), anybody()), List.of());
            default -> upsert(anybody(), random.nextInt(3) == 0 ? List.of(anybody()) : List.of(), List.of());
        };
    }

    private ReplaceMembers replaceMembers(Tables tables) {
        final List<Identity> named = new ArrayList<>();
        for (int left = random.nextInt(6); left > 0; left--) {
            named.add(anybody());
        }
        final ReplaceMembers change = new ReplaceMembers(
                random.nextBoolean() ? "vip" : "ads",
                random.nextBoolean() ? Times.NEVER : machine.nowMicros() + random.nextLong(60 * HOUR),
                List.of(tables.hashes(named)));
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
                    random.nextBoolean() ? Times.NEVER : machine.nowMicros() + random.nextLong(60 * HOUR));
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
}
