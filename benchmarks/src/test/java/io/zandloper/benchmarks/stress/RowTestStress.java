package io.zandloper.benchmarks.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

@JCStressTest
@Description("A segment is tested twice while the row is written with that segment and a later expiry, then cleared.")
@Outcome(id = "-1, -1", expect = Expect.ACCEPTABLE, desc = "Expired, cleared or being written: the record tells.")
@Outcome(id = "-1, 1", expect = Expect.ACCEPTABLE, desc = "Before, then after the first write.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "After the first write.")
@Outcome(id = "1, -1", expect = Expect.ACCEPTABLE, desc = "After the first write, then cleared.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The bit of one write with the expiry of another.")
@State
public class RowTestStress {
    private static final long NOW = 150;
    private static final int BIT = 300;
    private static final long[] NONE = new long[5];
    private static final long[] ALL = {-1, -1, -1, -1, -1};

    private final int ordinal = SharedTables.ordinal(SharedTables.nextNumber());

    public RowTestStress() {
        // Expired at the time of the question, so that "not a member" is the answer of no write.
        SharedTables.ROW_TABLE.write(ordinal, 1, 0, NOW - 50, NONE);
    }

    @Actor
    public void writer() {
        SharedTables.ROW_TABLE.write(ordinal, 2, 0, NOW + 50, ALL);
        SharedTables.ROW_TABLE.clear(ordinal);
    }

    @Actor
    public void reader(II_Result result) {
        result.r1 = SharedTables.ROW_TABLE.test(ordinal, BIT, NOW);
        result.r2 = SharedTables.ROW_TABLE.test(ordinal, BIT, NOW);
    }
}
