package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.protocol.schema.DecisionReason;
import io.zandloper.protocol.schema.OfferStatus;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.ReasonCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What is written by its place in an enumeration has the same place in the schema and in the client. */
final class SchemaAgreementTest {
    @Test
    void theDecisionsWordsAreTheSchemas() {
        assertThat(words(Decision.Reason.values())).isEqualTo(words(DecisionReason.names));
        assertThat(words(Decision.Status.values())).isEqualTo(words(OfferStatus.names));
        assertThat(words(ReasonCode.values())).isEqualTo(words(io.zandloper.protocol.schema.ReasonCode.names));
    }

    @Test
    void theClientsWordsAreTheSchemas() {
        assertThat(known(io.zandloper.protocol.client.Decision.Reason.values())).isEqualTo(words(DecisionReason.names));
        assertThat(known(io.zandloper.protocol.client.Decision.OfferStatus.values()))
                .isEqualTo(words(OfferStatus.names));
        assertThat(known(io.zandloper.protocol.client.Decision.ReasonCode.values()))
                .isEqualTo(words(io.zandloper.protocol.schema.ReasonCode.names));
        assertThat(known(io.zandloper.protocol.client.UpsertResult.Outcome.values()))
                .isEqualTo(words(io.zandloper.protocol.schema.UpsertOutcome.names));
        assertThat(known(io.zandloper.protocol.client.EventResult.Outcome.values()))
                .isEqualTo(words(io.zandloper.protocol.schema.EventOutcome.names));
    }

    /** The client has one word more, for those that only a newer server knows. */
    private static List<String> known(Object[] constants) {
        final List<String> words = words(constants);
        assertThat(words.get(words.size() - 1)).isEqualTo("unrecognized");
        return words.subList(0, words.size() - 1);
    }

    private static List<String> words(Object[] constants) {
        return Arrays.stream(constants)
                .map(constant -> constant.toString().replace("_", "").toLowerCase(Locale.ROOT))
                .toList();
    }
}
