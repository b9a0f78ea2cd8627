package io.zandloper.benchmarks.stress;

import io.zandloper.storage.row.RowBits;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

@JCStressTest
@Description("A row is read while it is written again.")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The row before.")
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "The row after.")
@Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "The writer was at it in every try: the record tells.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A row that was never written.")
@State
public class RowWriteStress {
    private static final long BEFORE = 0x1111_1111_1111_1111L;
    private static final long AFTER = 0x2222_2222_2222_2222L;

    private final int ordinal = SharedTables.ordinal(SharedTables.nextNumber());
    private final RowBits row = new RowBits();

    public RowWriteStress() {
        SharedTables.writeRow(ordinal, BEFORE);
    }

    @Actor
    public void writer() {
        SharedTables.writeRow(ordinal, AFTER);
    }

    @Actor
    public void reader(I_Result result) {
        if (!SharedTables.ROW_TABLE.read(ordinal, row)) {
            result.r1 = -1;
        } else if (SharedTables.tells(row, BEFORE)) {
            result.r1 = 1;
        } else if (SharedTables.tells(row, AFTER)) {
            result.r1 = 2;
        } else {
            result.r1 = 3;
        }
    }
}
