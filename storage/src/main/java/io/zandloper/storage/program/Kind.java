package io.zandloper.storage.program;

/** What a value is, as a number, so that arrays hold it and tables are found by it. */
public final class Kind {
    /** There is no value of that name. */
    public static final int MISSING = 0;

    /** Bits: 1 true, 0 false. */
    public static final int BOOLEAN = 1;

    /** Bits: the integer. */
    public static final int INTEGER = 2;

    /** Bits: {@link Double#doubleToRawLongBits}. */
    public static final int DOUBLE = 3;

    /** Text: UTF-8 at an offset, of a length. */
    public static final int STRING = 4;

    /** A list of strings: a vector of them as FlatBuffers lay it out, at an offset. */
    public static final int STRINGS = 5;

    /** Only literals are null. */
    static final int NULL = 6;

    /** What an evaluation that went wrong ends in. */
    static final int ERROR = 7;

    private Kind() {}
}
