package io.zandloper.storage;

/** The change is in this node's journal and applied here, but too few replicas had it in theirs in time. */
public final class TooFewReplicasException extends StorageException {
    private static final long serialVersionUID = 1L;

    TooFewReplicasException(long sequence, int holding, int required) {
        super("too few replicas: " + holding + " of the " + required + " that must have the change " + sequence
                + " had it in time; it is made here, and may reach them later");
    }
}
