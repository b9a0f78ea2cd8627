package io.zandloper.loadtest.load;

import java.util.EnumSet;
import java.util.Set;

/** Which operations come, in which order. The order repeats, so that a second run sends the same requests. */
enum Workload {
    SEGMENTS(1, 0),
    NBO(0, 1),
    /** A page asks for membership far more often than for a decision. */
    MIXED(9, 1);

    private final int tests;
    private final int decisions;

    Workload(int tests, int decisions) {
        this.tests = tests;
        this.decisions = decisions;
    }

    /** @param requestNumber from 0 */
    Operation operation(long requestNumber) {
        return requestNumber % (tests + decisions) < tests ? Operation.SEGMENT_TEST : Operation.DECIDE;
    }

    Set<Operation> operations() {
        final Set<Operation> operations = EnumSet.noneOf(Operation.class);
        if (tests > 0) {
            operations.add(Operation.SEGMENT_TEST);
        }
        if (decisions > 0) {
            operations.add(Operation.DECIDE);
        }
        return operations;
    }
}
