package io.zandloper.benchmarks;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime.Program;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Eligibility as one would program it: the CEL library's own interpreter, offer by offer, nothing of ours. */
final class CelBaseline {
    private final List<List<Program>> conditions = new ArrayList<>();

    CelBaseline(Catalog catalog) {
        final MapType values = MapType.create(SimpleType.STRING, SimpleType.DYN);
        final Cel cel = CelFactory.legacyCelBuilder()
                .setOptions(CelOptions.current()
                        .enableHeterogeneousNumericComparisons(true)
                        .build())
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addVar("profile", values)
                .addVar("segments", ListType.create(SimpleType.STRING))
                .addVar("context", values)
                .build();
        for (final Catalog.Offer offer : catalog.offers()) {
            final CatalogDocument.Offer document = offer.document();
            final List<Program> programs = new ArrayList<>();
            addTo(programs, cel, document.eligibility());
            addTo(programs, cel, document.applicability());
            addTo(programs, cel, document.suitability());
            conditions.add(programs);
        }
    }

    private static void addTo(List<Program> programs, Cel cel, @Nullable String expression) {
        if (expression == null) {
            return;
        }
        try {
            programs.add(cel.createProgram(cel.compile(expression).getAst()));
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalStateException("a generated expression does not compile: " + expression, e);
        }
    }

    /** Offers all of whose conditions hold; one in which an evaluation fails does not. */
    int eligible(Map<String, ?> profile, List<String> segments, Map<String, ?> context) {
        final Map<String, Object> variables = Map.of("profile", profile, "segments", segments, "context", context);
        int eligible = 0;
        for (int i = 0; i < conditions.size(); i++) {
            if (hold(conditions.get(i), variables)) {
                eligible++;
            }
        }
        return eligible;
    }

    private static boolean hold(List<Program> programs, Map<String, Object> variables) {
        for (int i = 0; i < programs.size(); i++) {
            try {
                if (!Boolean.TRUE.equals(programs.get(i).eval(variables))) {
                    return false;
                }
            } catch (CelEvaluationException e) {
                // A missing attribute: by the contract not satisfied.
                return false;
            }
        }
        return true;
    }
}
