package io.zandloper.loadtest.dialect;

/** How one request was answered; a {@link Dialect} fills it again and again. For one thread. */
public final class Answer {
    /** Whether it counts. */
    public enum Outcome {
        RIGHT,
        /** Refused with a status of our own protocol. */
        STATUS,
        /** Refused in words. */
        REFUSED,
        /** There is nothing of that name. */
        ABSENT,
        /** The right frame around the wrong content. */
        MALFORMED
    }

    private Outcome outcome = Outcome.MALFORMED;
    private int statusNumber;
    private long checksum;

    public Outcome outcome() {
        return outcome;
    }

    /** Where the outcome is {@link Outcome#STATUS}. */
    public int statusNumber() {
        return statusNumber;
    }

    /** Where the outcome is {@link Outcome#RIGHT}: see {@link Checksum}. */
    public long checksum() {
        return checksum;
    }

    void setRight(long newChecksum) {
        outcome = Outcome.RIGHT;
        checksum = newChecksum;
    }

    void setStatus(int number) {
        outcome = Outcome.STATUS;
        statusNumber = number;
    }

    void set(Outcome newOutcome) {
        outcome = newOutcome;
    }
}
