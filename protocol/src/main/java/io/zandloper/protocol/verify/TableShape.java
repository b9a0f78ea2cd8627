package io.zandloper.protocol.verify;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a table of a schema holds, field by field in the order of their ids. Immutable. */
public final class TableShape {
    enum Kind {
        SCALAR,
        STRING,
        TABLE,
        SCALARS,
        STRINGS,
        TABLES,
        /** A vector of bytes that is a buffer of its own, or empty. */
        NESTED
    }

    /**
     * @param widthBytes of the field itself, or of an element of a vector of scalars
     * @param child the shape of the tables it holds or refers to
     */
    record Field(Kind kind, int widthBytes, @Nullable TableShape child, boolean required) {}

    private static final int OFFSET_WIDTH_BYTES = 4;

    private final Field[] fields;

    private TableShape(List<Field> fields) {
        this.fields = fields.toArray(Field[]::new);
    }

    int fieldCount() {
        return fields.length;
    }

    Field field(int id) {
        return fields[id];
    }

    static Builder table() {
        return new Builder();
    }

    /** Takes the fields in the order of their ids. */
    static final class Builder {
        private final List<Field> fields = new ArrayList<>();

        Builder scalar(int widthBytes) {
            return add(Kind.SCALAR, widthBytes, null, false);
        }

        Builder string() {
            return add(Kind.STRING, OFFSET_WIDTH_BYTES, null, false);
        }

        Builder requiredString() {
            return add(Kind.STRING, OFFSET_WIDTH_BYTES, null, true);
        }

        Builder table(TableShape child) {
            return add(Kind.TABLE, OFFSET_WIDTH_BYTES, child, false);
        }

        Builder requiredTable(TableShape child) {
            return add(Kind.TABLE, OFFSET_WIDTH_BYTES, child, true);
        }

        Builder scalars(int widthBytes) {
            return add(Kind.SCALARS, widthBytes, null, false);
        }

        Builder strings() {
            return add(Kind.STRINGS, OFFSET_WIDTH_BYTES, null, false);
        }

        Builder requiredStrings() {
            return add(Kind.STRINGS, OFFSET_WIDTH_BYTES, null, true);
        }

        Builder tables(TableShape child) {
            return add(Kind.TABLES, OFFSET_WIDTH_BYTES, child, false);
        }

        Builder requiredTables(TableShape child) {
            return add(Kind.TABLES, OFFSET_WIDTH_BYTES, child, true);
        }

        Builder nested(TableShape child) {
            return add(Kind.NESTED, 1, child, false);
        }

        TableShape build() {
            return new TableShape(fields);
        }

        private Builder add(Kind kind, int widthBytes, @Nullable TableShape child, boolean required) {
            fields.add(new Field(kind, widthBytes, child, required));
            return this;
        }
    }
}
