package io.zandloper.protocol.client;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class CallBudgetTest {
    private final CallBudget budget = new CallBudget(2, 100);

    private void take(int lengthBytes) {
        budget.takeCall();
        try {
            budget.takeBytes(lengthBytes);
        } catch (TooManyCallsException full) {
            budget.giveBack(0);
            throw full;
        }
    }

    @Test
    void callsAreCounted() {
        take(1);
        take(1);
        assertThatThrownBy(() -> take(1))
                .isInstanceOf(TooManyCallsException.class)
                .hasMessageEndingWith("=2");
        budget.giveBack(1);
        assertThatCode(() -> take(1)).doesNotThrowAnyException();
    }

    @Test
    void theirBytesAreCounted() {
        take(60);
        assertThatThrownBy(() -> take(41))
                .isInstanceOf(TooManyCallsException.class)
                .hasMessageEndingWith("=100");
        take(40);
        budget.giveBack(60);
        budget.giveBack(40);
        assertThatCode(() -> take(101)).as("alone").doesNotThrowAnyException();
    }
}
