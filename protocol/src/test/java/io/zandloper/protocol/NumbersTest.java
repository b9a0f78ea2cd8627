package io.zandloper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The numbers are the protocol: a change of one is a new protocol. */
final class NumbersTest {
    @Test
    void statusNumbersAreAsReleased() {
        assertThat(Arrays.stream(Status.values()).map(status -> status.number() + " " + status.name()))
                .containsExactly(
                        "0 OK",
                        "100 PROFILE_UNKNOWN",
                        "200 FRAME_INVALID",
                        "201 FRAME_TOO_LONG",
                        "202 VERSION_UNSUPPORTED",
                        "203 TYPE_UNKNOWN",
                        "204 BODY_INVALID",
                        "205 INPUT_INVALID",
                        "206 IDENTITY_CONFLICT",
                        "207 PRECONDITION_FAILED",
                        "208 RESPONSE_TOO_LONG",
                        "209 UNAUTHENTICATED",
                        "210 FORBIDDEN",
                        "211 READ_ONLY",
                        "212 IDENTITY_ERASED",
                        "300 BUSY",
                        "301 DEADLINE_PASSED",
                        "302 SEQUENCE_NOT_REACHED",
                        "303 SHUTTING_DOWN",
                        "304 WRITES_STOPPED",
                        "305 TOO_FEW_REPLICAS",
                        "400 INTERNAL");
    }

    @Test
    void typeNumbersAreAsReleased() {
        assertThat(Arrays.stream(MessageType.values()).map(type -> type.number() + " " + type.name()))
                .containsExactly(
                        "1 HELLO",
                        "2 PING",
                        "16 PROFILE",
                        "17 SEGMENT_TEST",
                        "18 SEGMENT_LIST",
                        "19 DECIDE",
                        "32 PROFILE_BATCH",
                        "33 SEGMENT_TEST_BATCH",
                        "34 SEGMENT_LIST_BATCH",
                        "35 DECIDE_BATCH",
                        "48 UPSERT",
                        "49 EVENT",
                        "50 ERASE");
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void aStatusIsFoundByItsNumber(Status status) {
        assertThat(Status.ofNumber(status.number())).isSameAs(status);
        assertThat(Status.kindOf(status.number())).isSameAs(status.kind());
    }

    @ParameterizedTest
    @CsvSource({
        "0, OK",
        "1, SERVER",
        "99, SERVER",
        "100, NOT_FOUND",
        "199, NOT_FOUND",
        "200, CALLER",
        "299, CALLER",
        "300, LATER",
        "399, LATER",
        "400, SERVER",
        "499, SERVER",
        "500, SERVER",
        "65535, SERVER"
    })
    void aNumberNobodyKnowsHasAKind(int number, Status.Kind kind) {
        assertThat(Status.kindOf(number)).isSameAs(kind);
    }

    @ParameterizedTest
    @CsvSource({"-1", "0", "3", "51", "63", "64", "65535"})
    void noTypeHasTheseNumbers(int number) {
        assertThat(MessageType.ofNumber(number)).isNull();
    }
}
