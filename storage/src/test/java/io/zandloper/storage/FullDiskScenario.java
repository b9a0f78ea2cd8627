package io.zandloper.storage;

import static io.zandloper.storage.StorageFixture.BANK;
import static io.zandloper.storage.StorageFixture.apply;
import static io.zandloper.storage.StorageFixture.catalog;
import static io.zandloper.storage.StorageFixture.compiled;
import static io.zandloper.storage.StorageFixture.crm;
import static io.zandloper.storage.StorageFixture.patch;
import static io.zandloper.storage.StorageFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.change.Change;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** What {@link FullDiskTest} runs in a process of its own, on a small disk of its own: it ends with 0, or tells why not. */
final class FullDiskScenario {
    private static final String NO_SPACE = "No space left on device";
    private static final int PEOPLE = 200;

    private final Path disk;
    private final Path ballast;
    private final List<String> written = new ArrayList<>();
    private int changes;

    private FullDiskScenario(Path disk) {
        this.disk = disk;
        this.ballast = disk.resolve("ballast");
    }

    /** @param arguments the folder of the small disk */
    public static void main(String[] arguments) throws Exception {
        new FullDiskScenario(Path.of(arguments[0])).run();
        System.out.println("done");
    }

    private Storage open() {
        return Storage.open(
                StorageConfig.of(disk.resolve("data")).with(SnapshotSettings.ON_DEMAND),
                source -> compiled(BANK),
                MicrosClock.system());
    }

    private void run() throws Exception {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < PEOPLE; i++) {
                apply(storage, person(i));
            }
            theJournalIsFull(storage);
            aSnapshotDoesNotFit(storage);
            aCatalogDoesNotFit(storage);
        }
        try (Storage storage = open()) {
            everythingIsThere(storage);
        }
    }

    private Change person(int number) {
        final String text = "text " + changes++;
        while (written.size() <= number) {
            written.add("");
        }
        written.set(number, text);
        return patch(crm(number), List.of(), Map.of("age", 70L, "text", text, "much", "x".repeat(4_000)), Map.of());
    }

    private void theJournalIsFull(Storage storage) throws IOException {
        leaveFree(600_000);
        final String refusal = refusalOf(storage);
        assertThat(refusal).contains("the journal").contains(NO_SPACE);
        everythingIsThere(storage);
        Files.delete(ballast);
        apply(storage, person(0));
        everythingIsThere(storage);
    }

    /** Changes people until that is refused, which leaves the last one as he was. */
    private String refusalOf(Storage storage) {
        for (int i = 0; i < 100_000; i++) {
            final int number = i % PEOPLE;
            final String before = written.get(number);
            try {
                apply(storage, person(number));
            } catch (CompletionException e) {
                written.set(number, before);
                return String.valueOf(e.getCause().getMessage());
            }
        }
        throw new AssertionError("the disk does not fill up");
    }

    private void aSnapshotDoesNotFit(Storage storage) throws Exception {
        final Path snapshots = disk.resolve("data/journal/snapshots");
        leaveFree(300_000);
        assertThatThrownBy(() -> storage.snapshot().get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(NO_SPACE);
        assertThat(storage.status().durability().snapshotFailure()).contains(NO_SPACE);
        try (var files = Files.list(snapshots)) {
            assertThat(files).isEmpty();
        }
        apply(storage, person(1));
        everythingIsThere(storage);
        Files.delete(ballast);
        assertThat(storage.snapshot().get(60, TimeUnit.SECONDS)).isDirectory();
        assertThat(storage.status().durability().snapshotFailure()).isNull();
        assertThat(StorageVerifier.verify(disk.resolve("data")).damage()).isEmpty();
    }

    /** A catalog wants new rows, which do not fit: not a signal that ends the process, and nobody sees half of it. */
    private void aCatalogDoesNotFit(Storage storage) throws IOException {
        leaveFree(1_000_000);
        final CatalogDocument other = new CatalogDocument(
                List.of(StorageFixture.segment("young", 0, "profile.age < 30")),
                List.of(),
                List.of(),
                CatalogDocument.Policies.DEFAULT);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> apply(storage, catalog("{2}", other)))
                    .cause()
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("the rows of the new catalog cannot be laid out, the old one serves on");
            assertThat(storage.catalog().version()).isEqualTo(1);
            apply(storage, person(2));
            everythingIsThere(storage);
        }
        Files.delete(ballast);
        apply(storage, catalog("{3}", other));
        assertThat(storage.catalog().version()).isEqualTo(2);
        everythingIsThere(storage);
    }

    private void everythingIsThere(Storage storage) {
        for (int i = 0; i < PEOPLE; i++) {
            assertThat(read(storage, crm(i)).attributes()).containsEntry("text", written.get(i));
        }
    }

    private void leaveFree(long bytes) throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            final byte[] piece = new byte[100_000];
            while (Files.getFileStore(disk).getUsableSpace() > bytes) {
                out.write(piece);
            }
        }
    }
}
