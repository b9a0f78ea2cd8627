package io.zandloper.storage.record;

import static org.assertj.core.api.Assertions.assertThat;

import net.openhft.chronicle.hash.VanillaGlobalMutableState;
import net.openhft.chronicle.values.Values;
import org.junit.jupiter.api.Test;

class ValueClassesTest {
    @Test
    void chronicleFindsTheClassOfTheBuildAndCompilesNone() {
        final Class<?> made = Values.nativeClassFor(VanillaGlobalMutableState.class);
        assertThat(made.getProtectionDomain().getCodeSource().getLocation())
                .isEqualTo(
                        RecordRange.class.getProtectionDomain().getCodeSource().getLocation());
    }
}
