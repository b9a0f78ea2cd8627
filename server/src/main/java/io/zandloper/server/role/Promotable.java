package io.zandloper.server.role;

/** What can become the primary. */
@FunctionalInterface
public interface Promotable {
    /**
     * What came of it.
     *
     * @param term that was opened
     * @param sequence of the last change before it
     * @param changed false where it was primary already
     * @param handedOver whether the old primary ended its writes first, so that nothing is lost whatever it had
     */
    record Promoted(String term, long sequence, boolean changed, boolean handedOver) {}

    /** It was not done; the message is one sentence that says what could be lost, or what is in the way. */
    final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Makes the server the primary, and waits for it: some seconds. Any thread.
     *
     * @param force also where a write could be lost that was acknowledged
     * @throws RefusedException where it is not done
     */
    Promoted promote(boolean force);
}
