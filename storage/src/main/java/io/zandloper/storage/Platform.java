package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.memory.MappedMemory;
import io.zandloper.storage.record.RecordStores;

/**
 * What the storage stands on; a test puts a simulated machine in its place.
 *
 * @param disk where what must survive is kept: journal, snapshots, ledger, key and marker
 * @param memory where the tables are mapped
 * @param records what keeps profile records
 */
record Platform(Disk disk, MappedMemory memory, RecordStores records) {
    /** This machine. */
    static final Platform MACHINE = new Platform(FileDisk.INSTANCE, MappedMemory.FILES, RecordStores.CHRONICLE);
}
