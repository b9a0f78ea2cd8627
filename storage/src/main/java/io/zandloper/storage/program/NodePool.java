package io.zandloper.storage.program;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Makes each operation on the same operands once. One thread. */
final class NodePool {
    private final Map<String, Node> byKey = new HashMap<>();
    private final IdentityHashMap<Node, Integer> numbers = new IdentityHashMap<>();

    /**
     * The node of an operation.
     *
     * @param operation its name with all that is no operand; no two kinds of nodes may have the same name with as many
     *     operands
     * @param make called where there is none yet
     */
    Node share(String operation, Supplier<Node> make, Node... operands) {
        final StringBuilder key = new StringBuilder(operation);
        for (Node operand : operands) {
            key.append(' ').append(numbers.getOrDefault(operand, -1));
        }
        final Node known = byKey.get(key.toString());
        if (known != null) {
            return known;
        }
        final Node node = make.get();
        byKey.put(key.toString(), node);
        numbers.put(node, numbers.size());
        return node;
    }
}
