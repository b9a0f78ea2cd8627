package io.zandloper.protocol.verify;

import com.google.flatbuffers.Table;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Reads everything there is to read in a body, by the accessors that flatc generated. */
final class TableWalker {
    private static final String NESTED_SUFFIX = "AsAttributes";

    private TableWalker() {}

    /** How many values it read; an exception of an accessor comes out as it is. */
    static int walk(Class<? extends Table> type, ByteBuffer body) {
        try {
            final Method root = type.getMethod("getRootAs" + type.getSimpleName(), ByteBuffer.class);
            return walk((Table) root.invoke(null, body));
        } catch (InvocationTargetException thrown) {
            throw unchecked(thrown);
        } catch (ReflectiveOperationException notGenerated) {
            throw new LinkageError(notGenerated.getMessage(), notGenerated);
        }
    }

    private static int walk(Table table) throws ReflectiveOperationException {
        int values = 0;
        for (final Method accessor : accessors(table.getClass())) {
            if (accessor.getName().endsWith(NESTED_SUFFIX) && isEmpty(table, accessor)) {
                continue;
            }
            if (accessor.getParameterCount() == 0) {
                values += count(accessor.invoke(table));
            } else {
                final Method length = table.getClass().getMethod(accessor.getName() + "Length");
                final int elements = (int) length.invoke(table);
                for (int i = 0; i < elements; i++) {
                    values += count(accessor.invoke(table, i));
                }
            }
        }
        return values;
    }

    /** A vector without a byte is no buffer, though it has an accessor that takes it for one. */
    private static boolean isEmpty(Table table, Method nested) throws ReflectiveOperationException {
        final String field = nested.getName().replace(NESTED_SUFFIX, "");
        return (int) table.getClass().getMethod(field + "Length").invoke(table) == 0;
    }

    private static int count(Object value) throws ReflectiveOperationException {
        return value instanceof Table table ? walk(table) : value == null ? 0 : 1;
    }

    /** Scalars, strings, tables (no parameter) and their vectors (an index); not what reuses an object or a buffer. */
    private static List<Method> accessors(Class<?> type) {
        return Stream.of(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getParameterCount() == 0
                        || (method.getParameterCount() == 1 && method.getParameterTypes()[0] == int.class))
                .filter(method -> !method.getName().endsWith("Vector")
                        && !method.getName().endsWith("AsByteBuffer")
                        && !method.getName().startsWith("__"))
                .sorted(Comparator.comparing(Method::getName))
                .toList();
    }

    private static RuntimeException unchecked(InvocationTargetException thrown) {
        if (thrown.getCause() instanceof RuntimeException cause) {
            return cause;
        }
        throw new AssertionError(thrown);
    }
}
