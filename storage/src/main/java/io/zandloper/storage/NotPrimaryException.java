package io.zandloper.storage;

/** The change was not made, because this node is no primary. */
public final class NotPrimaryException extends StorageException {
    private static final long serialVersionUID = 1L;

    NotPrimaryException(Role role) {
        super(
                role == Role.FENCED
                        ? "this node followed another one, has handed over or was superseded, and takes no changes unless it is promoted"
                        : "this node is a replica and takes no changes");
    }
}
