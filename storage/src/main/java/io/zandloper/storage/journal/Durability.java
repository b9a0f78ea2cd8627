package io.zandloper.storage.journal;

/** When a change counts as kept. */
public enum Durability {
    /** Once it is on the disk: it survives a power cut. */
    FSYNC,
    /** Once the operating system has it: it survives the end of the process. */
    OS
}
