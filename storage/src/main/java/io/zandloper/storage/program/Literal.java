package io.zandloper.storage.program;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A value that stands in the expression. */
final class Literal extends Node {
    final int kind;
    final long bits;
    final byte[] text;
    final int length;

    private Literal(int kind, long bits, byte[] text, int length) {
        this.kind = kind;
        this.bits = bits;
        this.text = text;
        this.length = length;
    }

    static Literal ofNull() {
        return new Literal(Kind.NULL, 0, TextBuffer.NOTHING, 0);
    }

    static Literal of(boolean value) {
        return new Literal(Kind.BOOLEAN, value ? 1 : 0, TextBuffer.NOTHING, 0);
    }

    static Literal of(long value) {
        return new Literal(Kind.INTEGER, value, TextBuffer.NOTHING, 0);
    }

    static Literal of(double value) {
        return new Literal(Kind.DOUBLE, Double.doubleToRawLongBits(value), TextBuffer.NOTHING, 0);
    }

    static Literal of(String value) {
        final TextBuffer buffer = new TextBuffer();
        buffer.add(value);
        return new Literal(Kind.STRING, 0, buffer.bytes(), buffer.end());
    }

    static Literal of(List<String> values) {
        final TextBuffer buffer = new TextBuffer();
        buffer.addVector(values);
        return new Literal(Kind.STRINGS, 0, buffer.bytes(), 0);
    }

    /** What always ends in an error. */
    static Literal error() {
        return new Literal(Kind.ERROR, 0, TextBuffer.NOTHING, 0);
    }

    /** The text of a string. */
    String string() {
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    int load(Evaluation evaluation) {
        evaluation.bits = bits;
        evaluation.text = text;
        evaluation.offset = 0;
        evaluation.length = length;
        return kind;
    }

    @Override
    void describe(DomainBuilder domain) {}
}
