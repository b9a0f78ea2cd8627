package io.zandloper.loadtest.load;

import io.zandloper.loadtest.dialect.Operation;
import java.util.EnumSet;
import java.util.Set;

/** Which operations come, in which order. The order repeats, so that a second run sends the same requests. */
public enum Workload implements Script {
    /** Segment tests. */
    SEGMENTS(Operation.SEGMENT_TEST, 1, 0, 0),
    /** Decisions: the next best offer. */
    NBO(Operation.DECIDE, 1, 0, 0),
    /** A page asks for membership far more often than for a decision. */
    PAGE(Operation.SEGMENT_TEST, 9, 1, 0),
    /** The same with a write in twenty requests, as workload B of YCSB has it. */
    MIXED(Operation.SEGMENT_TEST, 17, 2, 1),
    /** Tests and writes alone, 95 to 5: what peers without decisions can be asked too. */
    READWRITE(Operation.SEGMENT_TEST, 19, 0, 1),
    /** Writes alone. */
    WRITES(Operation.UPSERT, 1, 0, 0),
    /** Segment tests for many profiles in one frame. */
    BATCH(Operation.SEGMENT_TEST_BATCH, 1, 0, 0),
    /** Whole profiles. */
    PROFILES(Operation.PROFILE, 1, 0, 0);

    private final Operation most;
    private final int ofMost;
    private final int decisions;
    private final int writes;

    /** A cycle: first {@code ofMost} of the operation that most are, then decisions, then writes. */
    Workload(Operation most, int ofMost, int decisions, int writes) {
        this.most = most;
        this.ofMost = ofMost;
        this.decisions = decisions;
        this.writes = writes;
    }

    @Override
    public Operation operation(long requestNumber) {
        final long place = requestNumber % (ofMost + decisions + writes);
        if (place < ofMost) {
            return most;
        }
        return place < ofMost + decisions ? Operation.DECIDE : Operation.UPSERT;
    }

    @Override
    public Set<Operation> operations() {
        final Set<Operation> operations = EnumSet.of(most);
        if (decisions > 0) {
            operations.add(Operation.DECIDE);
        }
        if (writes > 0) {
            operations.add(Operation.UPSERT);
        }
        return operations;
    }
}
