package io.zandloper.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.loadtest.report.RunContext;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.program.Program;
import io.zandloper.storage.program.ProgramCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Of the expressions that the benchmarks and the examples are made of, 99 in 100 run compiled. */
final class ProgramCoverageTest {
    private static final double COMPILED_SHARE_MIN = 0.99;

    @Test
    void generatedCatalogsRunCompiled() throws IOException {
        check(FilledStorage.catalog(2_000, 256), 2_000);
    }

    @Test
    void exampleCatalogsRunCompiled() throws IOException {
        int examples = 0;
        try (Stream<Path> folders = Files.list(RunContext.root().resolve("deploy/examples"))) {
            for (Path folder : folders.toList()) {
                check(
                        CatalogReader.read(Files.readAllBytes(folder.resolve("catalog.json")))
                                .compile(Catalog.EMPTY)
                                .catalog(),
                        20);
                examples++;
            }
        }
        assertThat(examples).isPositive();
    }

    private static void check(Catalog catalog, int expressionsMin) {
        final ProgramCompiler compiler = new ProgramCompiler(catalog);
        final List<Program> programs =
                expressions(catalog).map(compiler::compile).toList();
        final List<String> interpreted = programs.stream()
                .filter(Program::isInterpreted)
                .map(program -> program + ": " + program.interpretedBecause())
                .toList();
        assertThat(programs).hasSizeGreaterThan(expressionsMin);
        assertThat(interpreted).hasSizeLessThan((int) (programs.size() * (1 - COMPILED_SHARE_MIN)) + 1);
    }

    private static Stream<Expression> expressions(Catalog catalog) {
        final List<Expression> all = new ArrayList<>();
        catalog.segments().forEach(segment -> addTo(all, segment.rule()));
        catalog.offers().forEach(offer -> {
            addTo(all, offer.eligibility());
            addTo(all, offer.applicability());
            addTo(all, offer.suitability());
            all.addAll(offer.contextWeightConditions());
        });
        return all.stream();
    }

    private static void addTo(List<Expression> all, Expression expression) {
        if (expression != null) {
            all.add(expression);
        }
    }
}
