package io.zandloper.storage;

/** The change was not made, because this node is no primary. */
public final class NotPrimaryException extends StorageException {
    private static final long serialVersionUID = 1L;

    NotPrimaryException(Role role) {
        super(
                role == Role.FENCED
                        ? "this node is no primary any more: another one was promoted"
                        : "this node is a replica and takes no changes");
    }
}
