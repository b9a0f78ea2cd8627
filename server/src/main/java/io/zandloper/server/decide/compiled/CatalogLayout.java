package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.compiled.CompiledCatalog.Test;
import io.zandloper.server.decide.compiled.CompiledOffer.CompiledCap;
import io.zandloper.server.decide.compiled.CompiledOffer.CompiledSuppression;
import io.zandloper.server.decide.compiled.RankedOffers.Classed;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.program.Conjunct;
import io.zandloper.storage.program.Domain;
import io.zandloper.storage.program.Program;
import io.zandloper.storage.program.ProgramCompiler;
import io.zandloper.storage.program.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Lays out one catalog, on one thread. */
final class CatalogLayout {
    private final Catalog catalog;
    private final ProgramCompiler compiler;
    private final EventNames eventNames;
    private final List<CatalogDocument.Placement> placements;
    private final Names placementNames;

    private final IdentityHashMap<Expression, Program> programs = new IdentityHashMap<>();
    /** Tests by the number of a conjunct, and by the program of a context weight. */
    private final Map<Integer, Integer> conjunctTests = new HashMap<>();

    private final IdentityHashMap<Program, Integer> programTests = new IdentityHashMap<>();
    private final List<Test> tests = new ArrayList<>();

    private final Map<Variable, Integer> variableNumbers = new HashMap<>();
    private final List<Variable> variables = new ArrayList<>();
    private final List<List<Domain>> domains = new ArrayList<>();

    CatalogLayout(Catalog catalog) {
        this.catalog = catalog;
        this.compiler = new ProgramCompiler(catalog);
        this.eventNames = EventNames.of(catalog);
        this.placements = catalog.document().placements();
        this.placementNames =
                new Names(placements.stream().map(CatalogDocument.Placement::id).toList());
    }

    /** An offer's conditions: those that bits can tell, and for the others the numbers of tests. */
    private record Conditions(List<Conjunct> single, int[] tests) {}

    CompiledCatalog layOut() {
        final List<CompiledOffer> offers = new ArrayList<>();
        final List<Classed> inOrder = new ArrayList<>();
        final IdentityHashMap<CompiledOffer, Conditions> conditions = new IdentityHashMap<>();
        final Map<String, Integer> classes = classes();
        for (int number = 0; number < catalog.offers().size(); number++) {
            final Catalog.Offer offer = catalog.offers().get(number);
            final Conditions ofOffer = conditions(offer);
            final CompiledOffer compiled = compile(offer, number, ofOffer == null ? new int[0] : ofOffer.tests);
            offers.add(compiled);
            if (ofOffer != null && offer.document().enabled()) {
                conditions.put(compiled, ofOffer);
                inOrder.add(new Classed(compiled, classes.getOrDefault(classKey(offer.document()), 0)));
            }
        }
        inOrder.sort(RankedOffers.ORDER);
        final Blocks blocks = blocks(inOrder, conditions);
        final Visibility visibility = new Visibility(catalog, this::program);
        return new CompiledCatalog(
                catalog,
                compiler.layout(),
                visibility,
                offers,
                programs,
                new RankedOffers(inOrder, catalog.offers().size()),
                blocks,
                tests,
                eventNames,
                compiledCaps(catalog.policies().caps()));
    }

    /** Mandatory offers first, each by tier. */
    private Map<String, Integer> classes() {
        final TreeSet<Long> tiers = new TreeSet<>();
        catalog.offers().forEach(offer -> tiers.add(offer.document().tier()));
        final Map<String, Integer> classes = new HashMap<>();
        for (final boolean mandatory : new boolean[] {true, false}) {
            for (final long tier : tiers) {
                classes.put(mandatory + " " + tier, classes.size());
            }
        }
        return classes;
    }

    private static String classKey(CatalogDocument.Offer offer) {
        return offer.mandatory() + " " + offer.tier();
    }

    /** Null for an offer that is never shown, because a condition of it is never satisfied. */
    private @Nullable Conditions conditions(Catalog.Offer offer) {
        final List<Conjunct> single = new ArrayList<>();
        final TreeSet<Integer> tested = new TreeSet<>();
        boolean isPossible = true;
        for (final Expression expression :
                Arrays.asList(offer.eligibility(), offer.applicability(), offer.suitability())) {
            if (expression == null) {
                continue;
            }
            for (final Conjunct conjunct : program(expression).conjuncts()) {
                switch (conjunct.shape()) {
                    case NEVER -> isPossible = false;
                    case SINGLE -> single.add(conjunct);
                    case MIXED -> tested.add(test(conjunct));
                }
            }
        }
        return isPossible
                ? new Conditions(
                        single, tested.stream().mapToInt(Integer::intValue).toArray())
                : null;
    }

    private Program program(Expression expression) {
        return programs.computeIfAbsent(expression, compiler::compile);
    }

    private int test(Conjunct conjunct) {
        return conjunctTests.computeIfAbsent(conjunct.number(), absent -> newTest(conjunct::isSatisfied));
    }

    private int test(Program program) {
        return programTests.computeIfAbsent(program, absent -> newTest(program::isSatisfied));
    }

    private int newTest(Test test) {
        tests.add(test);
        return tests.size() - 1;
    }

    private CompiledOffer compile(Catalog.Offer offer, int number, int[] offerTests) {
        final CatalogDocument.Offer document = offer.document();
        return new CompiledOffer(
                number,
                CompiledOffer.clampedPropensity(document.propensity()),
                CompiledOffer.clampedValue(document.value()),
                CompiledOffer.clampedLever(document.lever()),
                offer.contextWeightConditions().stream()
                        .mapToInt(when -> test(program(when)))
                        .toArray(),
                document.contextWeights().stream()
                        .mapToDouble(CatalogDocument.ContextWeight::weight)
                        .toArray(),
                offerTests,
                eventNames.group(number),
                document.suppressAfterConversionMicros() < 0
                        ? Names.UNKNOWN
                        : eventNames.products().find(document.product()),
                document.suppressAfterConversionMicros(),
                document.suppress().stream()
                        .map(rule -> new CompiledSuppression(
                                eventNames.types().find(rule.event()),
                                rule.count(),
                                rule.withinMicros(),
                                rule.pauseMicros()))
                        .toArray(CompiledSuppression[]::new),
                compiledCaps(document.caps()).toArray(new CompiledCap[0]));
    }

    private List<CompiledCap> compiledCaps(List<CatalogDocument.Cap> caps) {
        return caps.stream()
                .map(cap -> new CompiledCap(
                        cap.scope(), eventNames.types().find(cap.event()), cap.max(), cap.windowMicros()))
                .toList();
    }

    private Blocks blocks(List<Classed> inOrder, IdentityHashMap<CompiledOffer, Conditions> conditions) {
        final List<BlockBuilder> blocks = new ArrayList<>();
        for (int rank = 0; rank < inOrder.size(); rank++) {
            if (rank % Blocks.SIZE == 0) {
                blocks.add(new BlockBuilder());
            }
            final CompiledOffer offer = inOrder.get(rank).offer();
            final Conditions ofOffer = conditions.get(offer);
            fill(
                    blocks.get(blocks.size() - 1),
                    rank % Blocks.SIZE,
                    catalog.offers().get(offer.number()).document(),
                    ofOffer == null ? List.of() : ofOffer.single);
        }
        return new Blocks(variables, domains.stream().map(Slots::of).toList(), blocks);
    }

    private void fill(BlockBuilder block, int place, CatalogDocument.Offer offer, List<Conjunct> conditions) {
        for (final Conjunct condition : conditions) {
            final Variable variable = condition.variable();
            final Domain domain = condition.domain();
            if (variable.source() == Variable.Source.SEGMENT) {
                block.addFlag(variable.number(), domain.booleanFalse(), domain.booleanTrue(), place);
            } else {
                block.add(number(variable, domain), domain, variable.member(), place);
            }
        }
        for (int purpose = 0; purpose < ProfileLimits.PURPOSE_MAX; purpose++) {
            if ((offer.purposes() & 1 << purpose) != 0) {
                block.addFlag(segmentWords() * Long.SIZE + purpose, false, true, place);
            }
        }
        if (offer.startMicros() != Long.MIN_VALUE || offer.endMicros() != Times.NEVER) {
            final Domain active = active(offer.startMicros(), offer.endMicros());
            block.add(number(Blocks.TIME, active), active, null, place);
        }
        final List<String> named = offer.placements();
        if (named == null) {
            block.addAnywhere(place);
        } else {
            named.forEach(id -> block.addPlacement(placementNames.find(id), place));
        }
    }

    private int segmentWords() {
        return (catalog.segments().size() + Long.SIZE - 1) / Long.SIZE;
    }

    /** The number of a variable, the member aside that a condition may ask for; and another condition on it. */
    private int number(Variable variable, Domain domain) {
        final Variable plain = new Variable(variable.source(), variable.number(), null);
        final int number = variableNumbers.computeIfAbsent(plain, absent -> {
            variables.add(plain);
            domains.add(new ArrayList<>());
            return variables.size() - 1;
        });
        domains.get(number).add(domain);
        return number;
    }

    /** The times at which an offer is active, as integers; every other value is never met. */
    private static Domain active(long startMicros, long endMicros) {
        final TreeSet<Long> starts = new TreeSet<>(List.of(Long.MIN_VALUE, startMicros, endMicros));
        final long[] integerStarts = starts.stream().mapToLong(Long::longValue).toArray();
        final boolean[] satisfied = new boolean[integerStarts.length];
        for (int i = 0; i < satisfied.length; i++) {
            satisfied[i] =
                    integerStarts[i] >= startMicros && (integerStarts[i] < endMicros || endMicros == Times.NEVER);
        }
        return new Domain(
                true,
                true,
                true,
                integerStarts,
                satisfied,
                new long[] {Long.MIN_VALUE},
                new boolean[] {true},
                Collections.emptyList(),
                new boolean[0],
                true,
                true,
                true);
    }
}
