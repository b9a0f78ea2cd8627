package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.erasure.LedgerReader;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.FormatTooNewException;
import io.zandloper.storage.format.FormatTooOldException;
import io.zandloper.storage.journal.Durability;
import io.zandloper.storage.journal.Journal;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalPins;
import io.zandloper.storage.journal.JournalReader;
import io.zandloper.storage.journal.JournalTip;
import io.zandloper.storage.journal.Term;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.snapshot.SnapshotManifest;
import io.zandloper.storage.snapshot.SnapshotReader;
import io.zandloper.storage.snapshot.SnapshotSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Files that were written by this version and are checked in: they are read, and what is written is the same, byte for
 * byte. Whoever changes a format raises its number, and writes them again by {@code -Dzandloper.golden=write}.
 */
class StoredFilesTest extends StorageFixture {
    private static final boolean WRITE = "write".equals(System.getProperty("zandloper.golden"));
    private static final String SNAPSHOT = "journal/snapshots/0000000000000000011/";
    private static final List<String> FILES = List.of(
            "clean-stop",
            "journal/identity.key",
            "journal/node",
            "journal/erasures.ledger",
            "journal/0000000000000000001.journal",
            SNAPSHOT + "manifest",
            SNAPSHOT + "profiles",
            SNAPSHOT + "changes",
            SNAPSHOT + "erasures");

    private SimulatedDisk disk;
    private Platform platform;
    private DataFolder data;

    @BeforeEach
    void newMachine() {
        disk = new SimulatedDisk(new SplittableRandom(1));
        platform = new Platform(
                disk,
                new SparseMemory(new SplittableRandom(1)),
                new HeapRecordStores(),
                key -> Arrays.fill(key, (byte) 7));
    }

    private Path path(String name) {
        return folder.resolve(name);
    }

    private Recovery.Recovered recover() {
        final Path journal = folder.resolve("journal");
        data = new DataFolder(folder, journal, platform, JournalFolder.identityKey(platform, journal));
        return new Recovery(data, now.get(), source -> compiled(BANK)).run();
    }

    /** The scenario whose files are checked in. */
    private void live() throws Exception {
        final Recovery.Recovered recovered = recover();
        NodeState.open(platform, data.journalFolder(), recovered.end()).openAtStart(false);
        final Tables tables = recovered.tables();
        final Journal journal = Journal.open(
                disk,
                data.journalFolder(),
                Durability.FSYNC,
                1 << 20,
                new Term(recovered.end().term().number() + 1, 5),
                recovered.end());
        final Writer writer = new Writer(
                tables,
                journal,
                new EffectCodec(tables.newIdentityHash(), source -> compiled(BANK)),
                false,
                now::get,
                16);
        final List<Change> changes = List.of(
                catalog("{1}", BANK),
                patch(crm(1), List.of(new Identity("cookie", "a")), Map.of("age", 61L), Map.of("vip", Times.NEVER)),
                patch(crm(2), List.of(), Map.of("age", 20L), Map.of("ads", 9_000_000L)),
                patch(crm(3), List.of(), Map.of("name", "Zoë"), Map.of()),
                new RecordEvent(crm(2), "e1", "click", "loan", "hero", 5, null, 1.5, Map.of("channel", "web")),
                patch(crm(4), List.of(), Map.of(), Map.of()),
                new LinkProfiles(crm(2), crm(4)),
                new EraseProfile(crm(3)));
        changes.forEach(change -> work(writer, change));
        final Snapshots snapshots = new Snapshots(
                data,
                now::get,
                2,
                writer,
                between(writer),
                walk(tables, writer),
                new JournalPins(disk, data.journalFolder()));
        snapshots.take();
        work(writer, patch(crm(8), List.of(), Map.of(), Map.of()));
        writer.workBatch();
        journal.close();
        tables.close(journal.end(), JournalTip.of(disk, data.journalFolder()));
    }

    private static ChangeOutcome work(Writer writer, Change change) {
        final List<ChangeOutcome> heard = new ArrayList<>();
        assertThat(writer.submit(change, new ChangeListener() {
                    @Override
                    public void onOutcome(ChangeOutcome outcome) {
                        heard.add(outcome);
                    }

                    @Override
                    public void onFailure(StorageException cause) {
                        throw cause;
                    }
                }))
                .isTrue();
        writer.workBatch();
        assertThat(heard).singleElement().matches(outcome -> outcome.status().isAccepted());
        return heard.get(0);
    }

    private static BetweenChanges between(Writer writer) {
        return new BetweenChanges() {
            @Override
            public <T> T run(Supplier<T> work) {
                final var done = writer.between(work);
                writer.workBatch();
                return done.join();
            }
        };
    }

    /** Three changes are made while it goes on: to somebody it has met, to somebody it will meet, and somebody new. */
    private SnapshotSource walk(Tables tables, Writer writer) {
        return new SnapshotSource() {
            @Override
            public Moment moment() throws InterruptedException {
                return between(writer).run(writer::moment);
            }

            @Override
            public boolean readProfile(int ordinal, RowBits row, RecordBuffer record) {
                if (ordinal == 1) {
                    work(writer, patch(crm(1), List.of(), Map.of("age", 62L), Map.of()));
                    work(writer, patch(crm(2), List.of(), Map.of("age", 21L), Map.of()));
                    work(writer, new EraseProfile(crm(1)));
                }
                return tables.published().rows().read(ordinal, row)
                        && tables.records().get(ordinal, record);
            }
        };
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = StoredFilesTest.class.getResourceAsStream("golden/" + name)) {
            assertThat(in).as("golden/%s", name).isNotNull();
            return in.readAllBytes();
        }
    }

    private void putGolden(String... without) throws IOException {
        for (final String name : FILES) {
            if (Arrays.stream(without).noneMatch(name::startsWith)) {
                disk.put(path(name), golden(name));
            }
        }
    }

    private static Map<Identity, Map<String, Object>> people(Tables tables) {
        final Map<Identity, Map<String, Object>> people =
                new TreeMap<>((a, b) -> a.text().compareTo(b.text()));
        for (int ordinal = 0; ordinal < tables.ordinals(); ordinal++) {
            final Profile profile = tables.readProfile(ordinal);
            if (profile != null) {
                profile.identities().forEach(identity -> people.put(identity, profile.attributes()));
            }
        }
        return people;
    }

    private void assertPeople(Recovery.Recovered recovered) {
        assertThat(recovered.end().sequence()).isEqualTo(12);
        assertThat(people(recovered.tables()))
                .isEqualTo(Map.of(crm(2), Map.of("age", 21L), crm(4), Map.of("age", 21L), crm(8), Map.of()));
        assertThat(recovered.tables().published().catalogSource())
                .isEqualTo("{1}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        final Identity erased = new Identity("cookie", "a");
        assertThat(recovered.tables().wasErasedLately(erased, now.get())).isTrue();
        recovered.tables().abandon();
    }

    @Test
    void whatIsWrittenIsWhatIsCheckedIn() throws Exception {
        live();
        for (final String name : FILES) {
            if (WRITE) {
                final Path resource = Path.of("src/test/resources/io/zandloper/storage/golden")
                        .resolve(name);
                Files.createDirectories(resource.getParent());
                Files.write(resource, disk.bytes(path(name)));
                continue;
            }
            assertThat(disk.bytes(path(name))).as(name).isEqualTo(golden(name));
        }
        assertThat(disk.paths()).hasSize(FILES.size());
    }

    @Test
    void whatIsCheckedInIsReadFromTheSnapshotOn() throws Exception {
        putGolden("clean-stop");
        final SnapshotReader reader = SnapshotReader.open(disk, path(SNAPSHOT));
        reader.verify();
        assertThat(reader.manifest().startSequence()).isEqualTo(8);
        assertThat(reader.manifest().changes().items()).isEqualTo(3);
        assertPeople(recover());
    }

    @Test
    void whatIsCheckedInIsReadFromTheJournalAlone() throws Exception {
        putGolden("clean-stop", SNAPSHOT, "journal/erasures.ledger");
        assertPeople(recover());
    }

    @Test
    void theCleanStopThatIsCheckedInIsRead() throws Exception {
        putGolden();
        final CleanStop stop = CleanStop.read(disk, path("clean-stop"));
        assertThat(stop.journalEnd().sequence()).isEqualTo(12);
        assertThat(stop.journalTip()).isEqualTo(JournalTip.of(disk, path("journal")));
        assertThat(stop.ledgerBytes()).isEqualTo(golden("journal/erasures.ledger").length);
        assertThat(stop.catalogVersion()).isEqualTo(1);
        assertThat(stop.segmentIds()).containsExactly("vip", "ads");
    }

    /** Kinds of files that state a version, and how each is read. */
    enum Kind {
        CLEAN_STOP("clean-stop"),
        IDENTITY_KEY("journal/identity.key"),
        NODE("journal/node"),
        LEDGER("journal/erasures.ledger"),
        JOURNAL("journal/0000000000000000001.journal"),
        MANIFEST(SNAPSHOT + "manifest");

        private final String name;

        Kind(String name) {
            this.name = name;
        }
    }

    private void read(Kind kind) {
        switch (kind) {
            case CLEAN_STOP -> CleanStop.read(disk, path(kind.name));
            case IDENTITY_KEY -> JournalFolder.readIdentityKey(disk, path("journal"));
            case NODE -> NodeState.check(disk, path(kind.name));
            case LEDGER ->
                LedgerReader.read(disk, path(kind.name), disk.size(path(kind.name)), (sequence, at, high, low) -> {});
            case JOURNAL -> new JournalReader(disk, path("journal")).verify(JournalEnd.EMPTY);
            case MANIFEST -> SnapshotManifest.read(disk, path(SNAPSHOT));
        }
    }

    private void putWith(Kind kind, int offset, int value) throws IOException {
        final byte[] bytes = golden(kind.name);
        bytes[offset] = (byte) value;
        disk.put(path(kind.name), bytes);
    }

    @ParameterizedTest
    @EnumSource
    void tooNewTooOldAndCorruptAreDifferentErrorsThatNameTheFile(Kind kind) throws Exception {
        final String file = path(kind.name).getFileName().toString();
        final int versionOffset = 8;
        putGolden();
        read(kind);
        putWith(kind, versionOffset, 99);
        assertThatThrownBy(() -> read(kind))
                .isInstanceOf(FormatTooNewException.class)
                .hasMessageContaining(file);
        putWith(kind, versionOffset, 0);
        assertThatThrownBy(() -> read(kind))
                .isInstanceOf(FormatTooOldException.class)
                .hasMessageContaining(file);
        putWith(kind, 0, 'X');
        assertThatThrownBy(() -> read(kind))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(file);
        putWith(kind, 30, golden(kind.name)[30] ^ 1);
        assertThatThrownBy(() -> read(kind))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(file);
    }

    @Test
    void everyFlippedBitOfASnapshotIsFoundAndTheFileNamed() throws Exception {
        putGolden();
        for (final String part : List.of("manifest", "profiles", "changes", "erasures")) {
            final byte[] bytes = golden(SNAPSHOT + part);
            for (int i = 0; i < bytes.length; i++) {
                final byte[] flipped = bytes.clone();
                flipped[i] ^= (byte) (1 << i % Byte.SIZE);
                disk.put(path(SNAPSHOT + part), flipped);
                assertThat(StorageVerifier.verify(disk, path(SNAPSHOT)).damage())
                        .as("%s byte %d", part, i)
                        .singleElement()
                        .asString()
                        .contains(part);
            }
            disk.put(path(SNAPSHOT + part), bytes);
        }
        assertThat(StorageVerifier.verify(disk, path(SNAPSHOT)).isWhole()).isTrue();
    }

    @Test
    void verifyNamesEverythingThatIsDamaged() throws Exception {
        putGolden();
        assertThat(StorageVerifier.verify(disk, folder).damage()).isEmpty();
        assertThat(StorageVerifier.verify(disk, folder).checked()).hasSize(5);
        for (final String name :
                List.of("journal/erasures.ledger", "journal/0000000000000000001.journal", SNAPSHOT + "profiles")) {
            final byte[] bytes = golden(name);
            bytes[80] ^= 1;
            disk.put(path(name), bytes);
        }
        assertThat(StorageVerifier.verify(disk, folder).damage())
                .anyMatch(damage -> damage.contains("profiles") && damage.contains("offset 0"))
                .anyMatch(damage -> damage.contains("0000000000000000001.journal") && damage.contains("offset 72"));
        assertThatThrownBy(() -> StorageVerifier.verify(disk, path("journal/snapshots")))
                .isInstanceOf(StorageException.class);
    }
}
