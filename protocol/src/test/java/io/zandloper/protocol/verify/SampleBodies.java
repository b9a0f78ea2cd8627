package io.zandloper.protocol.verify;

import com.google.flatbuffers.FlatBufferBuilder;
import java.util.random.RandomGenerator;

/** Bodies made by their shapes, every field of every table filled, with two elements in every vector. */
final class SampleBodies {
    private static final int ELEMENTS = 2;

    private final FlatBufferBuilder builder = new FlatBufferBuilder();
    private final RandomGenerator random;

    private SampleBodies(RandomGenerator random) {
        this.random = random;
        builder.forceDefaults(true);
    }

    static byte[] of(TableShape shape, RandomGenerator random) {
        final SampleBodies sample = new SampleBodies(random);
        sample.builder.finish(sample.table(shape));
        return sample.builder.sizedByteArray();
    }

    private int table(TableShape shape) {
        final int[] references = new int[shape.fieldCount()];
        for (int id = 0; id < references.length; id++) {
            references[id] = reference(shape.field(id));
        }
        builder.startTable(references.length);
        for (int id = 0; id < references.length; id++) {
            if (shape.field(id).kind() == TableShape.Kind.SCALAR) {
                scalar(id, shape.field(id).widthBytes());
            } else {
                builder.addOffset(id, references[id], 0);
            }
        }
        return builder.endTable();
    }

    private int reference(TableShape.Field field) {
        return switch (field.kind()) {
            case SCALAR -> 0;
            case STRING -> string();
            case TABLE -> table(field.child());
            case NESTED -> builder.createByteVector(of(field.child(), random));
            case SCALARS -> scalars(field.widthBytes());
            case STRINGS -> offsets(string(), string());
            case TABLES -> offsets(table(field.child()), table(field.child()));
        };
    }

    private int string() {
        return builder.createString("text " + random.nextInt(100));
    }

    private int offsets(int... offsets) {
        return builder.createVectorOfTables(offsets);
    }

    private int scalars(int widthBytes) {
        builder.startVector(widthBytes, ELEMENTS, widthBytes);
        for (int i = 0; i < ELEMENTS * widthBytes; i++) {
            builder.putByte((byte) random.nextInt(2));
        }
        return builder.endVector();
    }

    private void scalar(int id, int widthBytes) {
        switch (widthBytes) {
            case Byte.BYTES -> builder.addByte(id, (byte) random.nextInt(2), 0);
            case Short.BYTES -> builder.addShort(id, (short) random.nextInt(), 0);
            case Integer.BYTES -> builder.addInt(id, random.nextInt(), 0);
            case Long.BYTES -> builder.addLong(id, random.nextLong(), 0);
            default -> throw new AssertionError(widthBytes);
        }
    }
}
