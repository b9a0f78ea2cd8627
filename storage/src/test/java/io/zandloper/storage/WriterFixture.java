package io.zandloper.storage;

import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.journal.Durability;
import io.zandloper.storage.journal.Journal;
import io.zandloper.storage.journal.Term;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A writer over tables in memory, without a housekeeping; it has no thread until a test starts it. */
abstract class WriterFixture extends StorageFixture {
    Tables tables;
    Journal journal;
    DataFolder data;
    SimulatedDisk disk;
    Writer writer;
    private boolean started;

    @BeforeEach
    void make() {
        final Path journalFolder = folder.resolve("journal");
        disk = new SimulatedDisk(new SplittableRandom(1));
        final Platform platform = new Platform(
                disk, new SparseMemory(new SplittableRandom(1)), new HeapRecordStores(), key -> key[0] = 1);
        data = new DataFolder(folder, journalFolder, platform, JournalFolder.identityKey(platform, journalFolder));
        final Recovery.Recovered recovered = new Recovery(data, now.get(), source -> compiled(BANK)).run();
        tables = recovered.tables();
        journal = Journal.open(
                disk,
                journalFolder,
                Durability.FSYNC,
                Journal.FILE_BYTES_DEFAULT,
                new Term(recovered.end().term().number() + 1, 5),
                recovered.end());
        writer = new Writer(
                tables,
                journal,
                new EffectCodec(tables.newIdentityHash(), source -> compiled(BANK)),
                false,
                now::get,
                64);
    }

    void start() {
        started = true;
        writer.start();
    }

    void stop() throws InterruptedException {
        started = false;
        writer.stop();
    }

    @AfterEach
    void abandon() throws InterruptedException {
        if (started) {
            stop();
        }
        journal.close();
        tables.abandon();
    }
}
