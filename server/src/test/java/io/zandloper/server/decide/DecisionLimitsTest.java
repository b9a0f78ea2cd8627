package io.zandloper.server.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecisionLimitsTest {
    private static DecisionRequest request(boolean explain, int placements) {
        final List<PlacementRequest> wanted = java.util.stream.IntStream.range(0, placements)
                .mapToObj(i -> new PlacementRequest("p" + i, null))
                .toList();
        return new DecisionRequest(null, null, wanted, Map.of(), explain, null, Set.of());
    }

    @ParameterizedTest
    @CsvSource({"100000, 2, true", "100000, 3, false", "66667, 3, false", "10, 4, true"})
    void anExplanationIsBoundedByOffersTimesPlacements(int offers, int placements, boolean possible) {
        assertThat(DecisionLimits.canExplain(request(true, placements), offers)).isEqualTo(possible);
    }

    @Test
    void aDecisionWithoutExplanationIsNot() {
        assertThat(DecisionLimits.canExplain(request(false, 100), 100_000)).isTrue();
    }
}
