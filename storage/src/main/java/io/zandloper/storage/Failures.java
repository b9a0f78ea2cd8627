package io.zandloper.storage;

/** Counts what fails and passes it on. Any thread. */
final class Failures {
    private final FailureListener listener;
    private volatile FailureStatus status = new FailureStatus(0, null);

    Failures(FailureListener listener) {
        this.listener = listener;
    }

    void tell(String work, Throwable cause) {
        count(work + " failed: " + describe(cause));
        listener.onFailure(work, cause);
    }

    /** Ours say what is wrong in a sentence; of others the type tells more than the message. */
    private static String describe(Throwable cause) {
        final String message = cause instanceof StorageException ? cause.getMessage() : null;
        return message == null ? cause.toString() : message;
    }

    private synchronized void count(String sentence) {
        status = new FailureStatus(status.count() + 1, sentence);
    }

    FailureStatus status() {
        return status;
    }
}
