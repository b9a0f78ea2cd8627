package io.zandloper.benchmarks.stress;

import io.zandloper.storage.index.IdentityIndex;
import io.zandloper.storage.row.RowBits;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

@JCStressTest
@Description("A row is written, then an identity that leads to it; who finds the identity sees the row.")
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Not there yet.")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "There, and so is the row.")
@Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "The identity leads elsewhere.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The row is not what was written before the identity.")
@State
public class IndexPublicationStress {
    private final long number = SharedTables.nextNumber();
    private final RowBits row = new RowBits();

    @Actor
    public void writer() {
        final int ordinal = SharedTables.ordinal(number);
        SharedTables.writeRow(ordinal, number);
        SharedTables.INDEX.put(SharedTables.high(number), SharedTables.low(number), ordinal);
        SharedTables.forgetOld(number);
    }

    @Actor
    public void reader(I_Result result) {
        SharedTables.READER.enter();
        final int ordinal = SharedTables.INDEX.find(SharedTables.high(number), SharedTables.low(number));
        if (ordinal == IdentityIndex.ABSENT) {
            result.r1 = 0;
        } else if (ordinal != SharedTables.ordinal(number)) {
            result.r1 = 2;
        } else {
            result.r1 = SharedTables.ROW_TABLE.read(ordinal, row) && SharedTables.tells(row, number) ? 1 : 3;
        }
        SharedTables.READER.leave();
    }
}
