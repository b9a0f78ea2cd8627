package io.zandloper.server.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.server.simulate.SimulationReport.Both;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Profile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SimulationTest {
    private static CompiledCatalog catalog(String json) {
        return CompiledCatalog.of(CatalogReader.compile(json.getBytes(StandardCharsets.UTF_8), Catalog.EMPTY));
    }

    private static Simulation simulation(CompiledCatalog current, CompiledCatalog candidate, String... placements) {
        final List<PlacementRequest> asked = List.of(placements).stream()
                .map(id -> new PlacementRequest(id, null))
                .toList();
        return new Simulation(new SimulationRequest(asked, Map.of(), null, null, 1), current, candidate, 0);
    }

    /** A catalog of so many offers that may be shown in any of so many placements. */
    private static CompiledCatalog large(int offers, int placements) {
        return catalog("{\"offers\":[" + ids("o", offers) + "],\"placements\":[" + ids("p", placements) + "]}");
    }

    private static String ids(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"id\":\"" + prefix + i + "\"}")
                .collect(Collectors.joining(","));
    }

    @Test
    void countsNoMoreThanItHasRoomFor() {
        final CompiledCatalog empty = catalog("{}");
        final int placements = 500;
        final int offers = (int) SimulationLimits.COUNTED_PAIRS_MAX / placements;
        assertThat(simulation(empty, large(offers, placements)).report().placements())
                .hasSize(placements);
        final CompiledCatalog tooLarge = large(offers + 1, placements);
        assertThatThrownBy(() -> simulation(empty, tooLarge))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("name fewer placements");
        assertThat(simulation(empty, tooLarge, "p1").report().placements()).hasSize(1);
    }

    @Test
    void aPlacementThatOnlyOneCatalogHasShowsNothingByTheOther() {
        final CompiledCatalog current = catalog("{\"offers\":[{\"id\":\"a\"}],\"placements\":[{\"id\":\"old\"}]}");
        final CompiledCatalog candidate = catalog("{\"offers\":[{\"id\":\"a\"}],\"placements\":[{\"id\":\"new\"}]}");
        final Simulation simulation = simulation(current, candidate);
        simulation.add(Profile.EMPTY);
        final SimulationReport report = simulation.report();
        assertThat(report.placements())
                .extracting(SimulationReport.PlacementReport::id)
                .containsExactly("new", "old");
        assertThat(report.placements().get(0).withNothing()).isEqualTo(new Both(1, 0));
        assertThat(report.placements().get(0).offers().get(0).gained()).isEqualTo(1);
        assertThat(report.placements().get(1).withNothing()).isEqualTo(new Both(0, 1));
        assertThat(report.placements().get(1).offers().get(0).lost()).isEqualTo(1);
        assertThat(report.placements().get(1).offers().get(0).reasons()).isEmpty();
        assertThat(report.withNothing()).isEqualTo(new Both(0, 0));
        assertThat(report.different()).isEqualTo(1);
    }

    @Test
    void aCatalogWithoutPlacementsIsSimulatedToo() {
        final Simulation simulation = simulation(catalog("{}"), catalog("{\"offers\":[{\"id\":\"a\"}]}"));
        simulation.add(Profile.EMPTY);
        assertThat(simulation.report()).isEqualTo(new SimulationReport(1, new Both(1, 1), 0, List.of()));
    }
}
