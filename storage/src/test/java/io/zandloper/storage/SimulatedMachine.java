package io.zandloper.storage;

import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.journal.Durability;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** What is there before and after each storage of a simulation: disk, memory to map, clock and configuration. */
public final class SimulatedMachine {
    final Path root;
    public final Path journalFolder;
    public final SimulatedDisk disk;
    final SparseMemory memory;
    final HeapRecordStores records = new HeapRecordStores();
    public final Durability durability;
    private long nowMicros = 1_000_000_000L;

    SimulatedMachine(Path root, SplittableRandom random) {
        this.root = root;
        this.journalFolder = root.resolve("journal");
        this.disk = new SimulatedDisk(random.split());
        this.memory = new SparseMemory(random.split());
        this.durability = random.nextInt(4) == 0 ? Durability.OS : Durability.FSYNC;
    }

    public long nowMicros() {
        return nowMicros;
    }

    public void pass(long micros) {
        nowMicros += micros;
    }

    /** Whether something failed as it does on a machine whose disk is full, fails, or is gone. */
    public static boolean isCauseOf(Throwable thrown) {
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            final String message = String.valueOf(e.getMessage());
            if (message.contains("No space left")
                    || message.contains("Input/output error")
                    || message.contains("restart to go on")
                    || message.contains("as after a kill")) {
                return true;
            }
        }
        return false;
    }

    /** From now on one new mapped file in so many cannot be made; 0 for none. */
    public void refuseMemoryOneIn(int count) {
        memory.refuseOneIn(count);
    }
}
