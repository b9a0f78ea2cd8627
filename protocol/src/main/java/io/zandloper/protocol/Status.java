package io.zandloper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * How a request ended. Numbers are in ranges by kind, so that a client knows what to do about one it has never heard
 * of, and are never reused.
 */
public enum Status {
    OK(0, "done"),

    // 1xx: asked rightly, but there is nothing. Asking again gives the same until somebody writes.
    PROFILE_UNKNOWN(100, "nobody has this identity"),

    // 2xx: the caller's mistake. Asking again gives the same.
    FRAME_INVALID(200, "the frame's header is not valid"),
    FRAME_TOO_LONG(201, "the frame is longer than allowed"),
    VERSION_UNSUPPORTED(202, "the protocol version is not spoken here"),
    TYPE_UNKNOWN(203, "the message type is not known here"),
    BODY_INVALID(204, "the body is not a buffer of the message's schema"),
    INPUT_INVALID(205, "the request is understood but not valid"),
    IDENTITY_CONFLICT(206, "an identity belongs to another profile"),
    PRECONDITION_FAILED(207, "the stored profile is not in the expected state"),
    RESPONSE_TOO_LONG(208, "the answer is longer than a frame may be"),
    UNAUTHENTICATED(209, "hello with valid credentials must come first"),
    FORBIDDEN(210, "the credentials do not allow this"),
    READ_ONLY(211, "this is a replica, which takes no writes"),
    IDENTITY_ERASED(212, "the identity was erased lately, and an event or a line cannot create it again"),

    // 3xx: not now. The same request may work later, or elsewhere.
    BUSY(300, "too much to do"),
    DEADLINE_PASSED(301, "the deadline passed first"),
    SEQUENCE_NOT_REACHED(302, "the minimum sequence was not reached in time"),
    SHUTTING_DOWN(303, "the server is stopping"),
    WRITES_STOPPED(304, "the server takes no writes at present"),
    TOO_FEW_REPLICAS(305, "the write is made, but too few replicas have confirmed it in time"),

    // 4xx: the server's fault.
    INTERNAL(400, "the server failed at this");

    private static final Status[] BY_NUMBER = new Status[500];

    static {
        for (final Status status : values()) {
            BY_NUMBER[status.number] = status;
        }
    }

    /** The hundred of a number. */
    public enum Kind {
        OK,
        NOT_FOUND,
        CALLER,
        LATER,
        SERVER
    }

    private final int number;
    private final String meaning;

    Status(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** As it stands in the frame. */
    public int number() {
        return number;
    }

    /** What it means, as a sentence without a full stop. */
    public String meaning() {
        return meaning;
    }

    public Kind kind() {
        return kindOf(number);
    }

    /** The status of that number, null where this version knows none. */
    public static @Nullable Status ofNumber(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }

    /** The kind of any number; what is beyond the ranges counts as the server's fault. */
    public static Kind kindOf(int number) {
        if (number == 0) {
            return Kind.OK;
        }
        final Kind[] kinds = Kind.values();
        final int hundred = number / 100;
        return hundred >= 1 && hundred < kinds.length ? kinds[hundred] : Kind.SERVER;
    }
}
