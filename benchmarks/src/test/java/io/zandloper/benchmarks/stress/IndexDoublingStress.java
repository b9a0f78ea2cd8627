package io.zandloper.benchmarks.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

@JCStressTest
@Description("Identities come and go, sub-tables are doubled and cleaned; one that stays is found all the time.")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Found, under its ordinal.")
@Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "Lost, or under another ordinal.")
@State
public class IndexDoublingStress {
    /** In all sub-tables; told from numbers of tries by their sign. */
    private static final int STAYING = 1_024;

    static {
        for (int i = 1; i <= STAYING; i++) {
            SharedTables.INDEX.put(SharedTables.high(-i), SharedTables.low(-i), i);
        }
    }

    private final long number = SharedTables.nextNumber();

    @Actor
    public void writer() {
        SharedTables.INDEX.put(SharedTables.high(number), SharedTables.low(number), SharedTables.ordinal(number));
        SharedTables.forgetOld(number);
    }

    @Actor
    public void reader(I_Result result) {
        final int staying = 1 + (int) (number % STAYING);
        SharedTables.READER.enter();
        final int found = SharedTables.INDEX.find(SharedTables.high(-staying), SharedTables.low(-staying));
        SharedTables.READER.leave();
        result.r1 = found == staying ? 1 : 0;
    }
}
