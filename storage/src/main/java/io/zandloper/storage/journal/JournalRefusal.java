package io.zandloper.storage.journal;

/** An entry of another node is not taken, because it is damaged or does not come next; the journal is as it was. */
public final class JournalRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JournalRefusal(String message) {
        super(message);
    }
}
