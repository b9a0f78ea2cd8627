package io.zandloper.benchmarks.stress;

import io.zandloper.storage.index.IdentityIndex;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

@JCStressTest
@Description("An identity is put, removed and put again with another profile while it is asked for twice.")
@Outcome(
        id = {"0, 0", "1, 1", "2, 2"},
        expect = Expect.ACCEPTABLE,
        desc = "One state.")
@Outcome(
        id = {"0, 1", "0, 2", "1, 0", "1, 2"},
        expect = Expect.ACCEPTABLE,
        desc = "A state and a later one.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A state that never was, or one after a later one.")
@State
public class IndexRemovalStress {
    private final long number = SharedTables.nextNumber();

    @Actor
    public void writer() {
        SharedTables.INDEX.put(SharedTables.high(number), SharedTables.low(number), 1);
        SharedTables.INDEX.remove(SharedTables.high(number), SharedTables.low(number));
        SharedTables.INDEX.put(SharedTables.high(number), SharedTables.low(number), 2);
        SharedTables.forgetOld(number);
    }

    @Actor
    public void reader(II_Result result) {
        SharedTables.READER.enter();
        result.r1 = find();
        result.r2 = find();
        SharedTables.READER.leave();
    }

    private int find() {
        final int ordinal = SharedTables.INDEX.find(SharedTables.high(number), SharedTables.low(number));
        return ordinal == IdentityIndex.ABSENT ? 0 : ordinal;
    }
}
