package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.memory.MappedMemory;
import io.zandloper.storage.record.RecordStores;
import java.security.SecureRandom;

/**
 * What the storage stands on; a test puts a simulated machine in its place.
 *
 * @param disk where what must survive is kept: journal, snapshots, ledger, key and marker
 * @param memory where the tables are mapped
 * @param records what keeps profile records
 * @param random where the key of identity hashes comes from
 */
record Platform(Disk disk, MappedMemory memory, RecordStores records, Randomness random) {
    /** This machine. */
    static final Platform MACHINE =
            new Platform(FileDisk.INSTANCE, MappedMemory.FILES, RecordStores.CHRONICLE, new SecureRandom()::nextBytes);

    /** Where keys come from. */
    @FunctionalInterface
    interface Randomness {
        void fill(byte[] bytes);
    }
}
