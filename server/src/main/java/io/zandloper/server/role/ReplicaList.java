package io.zandloper.server.role;

/** Who is known as a replica of a primary, and can be taken off the list by its operator. */
@FunctionalInterface
public interface ReplicaList {
    /** It was not done; the message is one sentence that says what is in the way. */
    final class NotForgottenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final boolean unknown;

        public NotForgottenException(String message, boolean unknown) {
            super(message);
            this.unknown = unknown;
        }

        /** Whether there is no such replica on the list. */
        public boolean isUnknown() {
            return unknown;
        }
    }

    /**
     * Forgets a replica that is lost for good: what it has heard of is waited for no more, nor is it asked in a promotion. Waits
     * for others to have what was acknowledged because it had it: some seconds. Any thread.
     *
     * @param node of its data folder
     * @return how many replicas are left on the list
     * @throws NotForgottenException where it is not on the list or follows now, a write could be lost by it, or this server is
     *     no primary
     */
    int forget(long node);
}
