package io.zandloper.server.replication;

/** Why one server has nothing to do with another. Numbers are never reused. */
public enum RefusalReason {
    /** The message cannot be understood, or not now. */
    MALFORMED(1),
    VERSION_UNSUPPORTED(2),
    UNAUTHENTICATED(3),
    /** The other one holds something else altogether. */
    OTHER_DATA_SET(4),
    /** The other one knows of a newer term. */
    NEWER_TERM(5),
    /** Terms of the same number were opened by two. */
    RIVAL_TERM(6),
    /** It takes no writes itself; the detail says who does. */
    NOT_PRIMARY(7),
    /** What the follower needs is not kept any more: it may come again, for a full sync. */
    FALLEN_BEHIND(8),
    /** There is no snapshot to send. */
    NO_SNAPSHOT(9),
    /** The follower cannot take what it is given: no room on its disk, or not what was announced. */
    NOT_TAKEN(10),
    STOPPING(11),
    /** A fault of the server itself; its log tells more. */
    INTERNAL(12);

    private final int number;

    RefusalReason(int number) {
        this.number = number;
    }

    /** As it stands in the message. */
    public int number() {
        return number;
    }

    /** One that this version does not know is a fault. */
    static RefusalReason ofNumber(int number) {
        for (final RefusalReason reason : values()) {
            if (reason.number == number) {
                return reason;
            }
        }
        return INTERNAL;
    }
}
