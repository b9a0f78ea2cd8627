package io.zandloper.loadtest.load;

import io.zandloper.loadtest.dialect.Operation;
import java.util.Set;

/** What is asked with each request. Immutable. */
public interface Script {
    /** @param requestNumber from 0 */
    Operation operation(long requestNumber);

    /** All that come up, in the order of tables. */
    Set<Operation> operations();
}
