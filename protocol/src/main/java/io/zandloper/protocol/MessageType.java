package io.zandloper.protocol;

import org.jspecify.annotations.Nullable;

/** What a frame asks or answers; a response has the type of its request. Numbers are never reused. */
public enum MessageType {
    HELLO(1),
    PING(2),

    PROFILE(16),
    SEGMENT_TEST(17),
    SEGMENT_LIST(18),
    DECIDE(19),

    PROFILE_BATCH(32),
    SEGMENT_TEST_BATCH(33),
    SEGMENT_LIST_BATCH(34),
    DECIDE_BATCH(35),

    UPSERT(48),
    EVENT(49),
    ERASE(50);

    private static final MessageType[] BY_NUMBER = new MessageType[64];

    static {
        for (final MessageType type : values()) {
            BY_NUMBER[type.number] = type;
        }
    }

    private final int number;

    MessageType(int number) {
        this.number = number;
    }

    /** As it stands in the frame. */
    public int number() {
        return number;
    }

    /** The type of that number, null where this version knows none. */
    public static @Nullable MessageType ofNumber(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }
}
