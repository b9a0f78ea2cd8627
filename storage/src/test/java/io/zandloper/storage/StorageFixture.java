package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.ReplaceMembers;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.AttributesPatch;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.journal.Durability;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.row.RowBits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** A storage in a folder of its own under a small catalog, and short ways to change it and to look. */
abstract class StorageFixture {
    static final CatalogDocument BANK = new CatalogDocument(
            List.of(
                    segment("vip", 0, null),
                    segment("ads", Consent.purposeBit(4), null),
                    segment("senior", 0, "profile.age >= 60"),
                    segment("senior-vip", 0, "'senior' in segments && 'vip' in segments")),
            List.of(),
            List.of(),
            CatalogDocument.Policies.DEFAULT);

    final AtomicLong now = new AtomicLong(1_000_000);

    @TempDir
    Path folder;

    static CatalogDocument.Segment segment(String id, int purposes, @Nullable String rule) {
        return new CatalogDocument.Segment(id, null, purposes, null, null, rule);
    }

    static Catalog compiled(CatalogDocument document) {
        final CatalogCompilation compilation = CatalogCompiler.compile(document, 0, Catalog.EMPTY);
        assertThat(compilation.errors()).isEmpty();
        return compilation.catalog();
    }

    Storage open() {
        return open(folder);
    }

    Storage open(Path dataFolder) {
        return Storage.open(StorageConfig.of(dataFolder), source -> compiled(BANK), now::get);
    }

    Storage openReplica(Path dataFolder) {
        return Storage.open(StorageConfig.of(dataFolder).withRole(Role.REPLICA), source -> compiled(BANK), now::get);
    }

    /** The same, not waiting for the disk: for tests that make many changes. */
    Storage openQuick() {
        return Storage.open(
                new StorageConfig(
                        folder, folder.resolve("journal"), Durability.OS, StorageConfig.WRITER_QUEUE_LENGTH_DEFAULT),
                source -> compiled(BANK),
                now::get);
    }

    static ChangeOutcome apply(Storage storage, Change change) {
        final ChangeFuture outcome = new ChangeFuture();
        assertThat(storage.submit(change, outcome)).isTrue();
        return outcome.orTimeout(30, TimeUnit.SECONDS).join();
    }

    static ReplaceCatalog catalog(String source, CatalogDocument document) {
        return new ReplaceCatalog(compiled(document), source.getBytes(StandardCharsets.UTF_8), null);
    }

    static UpsertProfile patch(
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

    static ReplaceMembers replaceMembers(
            Storage storage, String segment, long expiresMicros, Collection<Identity> members) {
        final IdentityHash hash = storage.newIdentityHash();
        final List<long[]> hashes = new ArrayList<>();
        for (final Identity member : members) {
            final byte[] utf8 = member.utf8();
            hash.hash(utf8, 0, utf8.length);
            hashes.add(new long[] {hash.high(), hash.low()});
        }
        return new ReplaceMembers(segment, expiresMicros, hashes);
    }

    static Identity crm(int number) {
        return new Identity("crm", Integer.toString(number));
    }

    static List<String> visible(Storage storage, Identity identity) {
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

    /** Waits for what another thread does. */
    static void await(BooleanSupplier condition) {
        final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadlineNanos);
            LockSupport.parkNanos(1_000_000);
        }
    }

    static @Nullable Profile read(Storage storage, Identity identity) {
        try (StorageReader reader = storage.newReader()) {
            return reader.enter().profile(identity);
        }
    }

    /** A copy of the files while the process runs is what a kill leaves. */
    static void copy(Path from, Path to) throws Exception {
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
