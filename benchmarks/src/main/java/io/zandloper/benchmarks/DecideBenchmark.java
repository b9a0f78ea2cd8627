package io.zandloper.benchmarks;

import com.sun.management.ThreadMXBean;
import io.zandloper.benchmarks.DecideWorkload.Offers;
import io.zandloper.benchmarks.DecideWorkload.Term;
import io.zandloper.benchmarks.DecideWorkload.Visit;
import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.server.decide.compiled.CompiledDecider;
import io.zandloper.server.decide.compiled.CompiledDecision;
import io.zandloper.server.decide.compiled.CompiledRequest;
import io.zandloper.server.decide.compiled.RecordPerson;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.format.RecordCodec;
import io.zandloper.storage.format.RowDescriptor;
import io.zandloper.storage.format.SegmentNumbers;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Whole decisions in process, from a stored record and a row to ranked offers, on the catalogs of {@link DecideWorkload}.
 * Beside it, on the same questions: the conditions of every offer by the CEL library's interpreter, and by predicates that
 * a programmer would write, and by a rule engine, all three without ranking anything; and the plain decider. Times are
 * the median of single decisions.
 */
final class DecideBenchmark {
    /** Catalogs that are measured where nobody names others. */
    static final List<Integer> OFFERS = List.of(100, 1_000, 10_000, 100_000);

    private static final double[] ELIGIBLE = {0.05, 0.2, 0.5};
    private static final double ELIGIBLE_USUAL = 0.2;
    private static final int[] RETURNED = {1, 3, 10};
    private static final int RETURNED_USUAL = 3;
    /** The interpreter takes milliseconds for one decision among this many. */
    private static final int INTERPRETED_OFFERS_MAX = 1_000;

    /** The library's programs of 100,000 conditions need gigabytes: {@code ZANDLOPER_JAVA_OPTS=-Xmx6g}. */
    private static final int MOST_OFFERS = 100_000;

    private static final long HEAP_BYTES_OF_MOST_OFFERS = 4_000_000_000L;

    private static final int INTERPRETED_VISITS_ONE_IN = 20;
    /** What looks at every offer takes so long among more of them that fewer visits have to do. */
    private static final int OFFERS_OF_ALL_VISITS = 10_000;

    private static final int VERIFIED_VISITS = 50;
    private static final double NANOS_PER_MICRO = 1e3;

    private final int visitCount;
    private final List<Integer> offerCounts;
    private final Rounds rounds;
    private final List<Comparison> rows = new ArrayList<>();

    /** @param offerCounts of the catalogs, ascending; those that the heap has no room for are left out */
    DecideBenchmark(int visitCount, List<Integer> offerCounts, int runs) {
        this.visitCount = visitCount;
        final boolean hasRoom = Runtime.getRuntime().maxMemory() > HEAP_BYTES_OF_MOST_OFFERS;
        this.offerCounts = offerCounts.stream()
                .filter(count -> hasRoom || count < MOST_OFFERS)
                .toList();
        this.rounds = new Rounds(runs);
    }

    /** @param progress told how far it is, from nothing to the number of visits */
    List<Comparison> run(LongConsumer progress) {
        @Nullable Setting smaller = null;
        for (int i = 0; i < offerCounts.size(); i++) {
            final int offers = offerCounts.get(i);
            for (final double eligible : ELIGIBLE) {
                if (eligible == ELIGIBLE_USUAL || offers < MOST_OFFERS) {
                    final Setting setting = new Setting(offers, eligible);
                    setting.verify();
                    addRows(setting);
                    if (eligible == ELIGIBLE_USUAL) {
                        addGrowth(setting, smaller);
                        smaller = setting;
                    }
                }
            }
            progress.accept((long) visitCount * (i + 1) / offerCounts.size());
        }
        return rows;
    }

    private void addRows(Setting setting) {
        for (final int returned : RETURNED) {
            rows.add(rounds.compare(
                    "P6",
                    setting.name(returned),
                    () -> setting.compiled(returned, 0.5),
                    "a loop over predicates, each offer's conditions",
                    setting::predicates,
                    "µs"));
        }
        final String usual = setting.name(RETURNED_USUAL);
        rows.add(rounds.compare(
                "P6",
                "its 99th percentile, " + usual,
                () -> setting.compiled(RETURNED_USUAL, 0.99),
                "its median",
                () -> setting.compiled(RETURNED_USUAL, 0.5),
                "µs"));
        if (setting.offers.catalog().offers().size() <= INTERPRETED_OFFERS_MAX || setting.isUsual()) {
            final CelBaseline cel = new CelBaseline(setting.offers.catalog());
            rows.add(rounds.compare(
                    "P6",
                    usual,
                    () -> setting.compiled(RETURNED_USUAL, 0.5),
                    "CEL interpreter, each offer's conditions",
                    () -> setting.interpreted(cel),
                    "µs"));
        }
        if (setting.offers.catalog().offers().size() <= INTERPRETED_OFFERS_MAX) {
            rows.add(rounds.compareEqual(
                    "P6", usual, setting::compiledBeside, "the plain decider", setting::plain, "µs"));
            if (setting.isUsual()) {
                addRuleEngine(setting);
            }
        }
        rows.add(rounds.compare(
                "P6",
                "bytes allocated, " + usual,
                () -> setting.allocated(setting::decideAll),
                "the plain decider",
                () -> setting.allocated(setting::decidePlainly),
                "bytes"));
        rows.add(new Comparison(
                "P6",
                "laying out " + setting.name(),
                setting.layoutMillis,
                "the CEL library, checking and compiling them",
                setting.checkMillis,
                setting.layoutMillis / setting.checkMillis,
                setting.layoutMillis / setting.checkMillis,
                setting.layoutMillis / setting.checkMillis,
                "ms",
                1));
        // Conditions take no bits: a row is as wide as the catalog's segments ask for, whatever its offers do.
        final double rowBytes =
                RowDescriptor.widthBytes(setting.offers.catalog().segments().size());
        final double leastBytes = RowDescriptor.widthBytes(DecideWorkload.SEGMENTS);
        rows.add(new Comparison(
                "P6",
                "a row, " + setting.name() + ", " + setting.conditionCount() + " different conditions",
                rowBytes,
                "a row of as many segments without any offer",
                leastBytes,
                rowBytes / leastBytes,
                rowBytes / leastBytes,
                rowBytes / leastBytes,
                "bytes",
                1));
    }

    private void addRuleEngine(Setting setting) {
        try (RuleEngineBaseline engine = new RuleEngineBaseline(setting.offers.conditions())) {
            final List<Object> visitors =
                    setting.visits.stream().map(engine::visitor).toList();
            if (setting.ruled(engine, visitors).checksum()
                    != setting.predicates(setting.interpretedVisits()).checksum()) {
                throw new IllegalStateException("the rule engine and the predicates differ");
            }
            rows.add(rounds.compare(
                    "P6",
                    setting.name(RETURNED_USUAL),
                    setting::compiledBeside,
                    "the rule engine Drools, each offer's conditions",
                    () -> setting.ruled(engine, visitors),
                    "µs"));
        }
    }

    private void addGrowth(Setting setting, @Nullable Setting smaller) {
        if (smaller != null) {
            rows.add(rounds.compare(
                    "P6",
                    setting.name(RETURNED_USUAL),
                    () -> setting.compiled(RETURNED_USUAL, 0.5),
                    smaller.name(RETURNED_USUAL),
                    () -> smaller.compiled(RETURNED_USUAL, 0.5),
                    "µs"));
        }
    }

    /** A stored visitor: the record's bytes, and the row's segments. */
    private record Stored(byte[] record, int purposes, long[] visible) {}

    /** One catalog with its visitors. */
    private final class Setting {
        private final double eligible;
        private final Offers offers;
        private final double checkMillis;
        private final double layoutMillis;
        private final List<Visit> visits;
        private final List<Stored> stored = new ArrayList<>();
        private final List<List<CompiledRequest>> requests = new ArrayList<>();
        private final List<DecisionRequest> plainRequests = new ArrayList<>();
        private final DecideWorkload.Predicate[][] predicates;
        private final CompiledDecider decider;
        private final CompiledDecision decision;
        private final RecordPerson person = new RecordPerson();
        private final long[] nanos;
        private final Map<String, Integer> numbers = new HashMap<>();
        private final double measuredEligible;

        Setting(int offerCount, double eligible) {
            this.eligible = eligible;
            final long start = System.nanoTime();
            this.offers = DecideWorkload.offers(offerCount, eligible);
            final long checked = System.nanoTime();
            final CompiledCatalog compiled = CompiledCatalog.of(offers.catalog());
            this.checkMillis = (checked - start) / 1e6;
            this.layoutMillis = (System.nanoTime() - checked) / 1e6;
            this.visits = DecideWorkload.visits(visitCount, offerCount);
            this.decider = new CompiledDecider(compiled);
            this.decision = new CompiledDecision(compiled);
            this.nanos = new long[visitCount];
            this.predicates = offers.conditions().stream()
                    .map(terms -> terms.stream().map(Term::predicate).toArray(DecideWorkload.Predicate[]::new))
                    .toArray(DecideWorkload.Predicate[][]::new);
            for (final Catalog.Offer offer : offers.catalog().offers()) {
                numbers.put(offer.id(), numbers.size());
            }
            final RecordCodec codec = new RecordCodec();
            for (final Visit visit : visits) {
                stored.add(stored(visit, codec));
                plainRequests.add(request(visit, RETURNED_USUAL));
            }
            for (final int returned : RETURNED) {
                final List<CompiledRequest> ofCount = new ArrayList<>();
                for (final Visit visit : visits) {
                    final CompiledRequest request = new CompiledRequest();
                    request.read(request(visit, returned), compiled, DecideWorkload.NOW_MICROS);
                    ofCount.add(request);
                }
                requests.add(ofCount);
            }
            this.measuredEligible =
                    (double) predicates().checksum() / Math.max(1, visitCount / shareOfVisits()) / offerCount;
        }

        private DecisionRequest request(Visit visit, int returned) {
            return new DecisionRequest(
                    visit.profile().primary(),
                    null,
                    List.of(new PlacementRequest(DecideWorkload.PLACEMENT, returned)),
                    visit.context(),
                    false,
                    null,
                    Set.of());
        }

        private Stored stored(Visit visit, RecordCodec codec) {
            final Catalog catalog = offers.catalog();
            final ByteBuffer encoded = codec.encode(visit.profile(), new BitsAsNumbers(catalog));
            final byte[] record = new byte[encoded.remaining()];
            encoded.get(record);
            return new Stored(
                    record,
                    VisibleSegments.grantedPurposes(visit.profile(), catalog),
                    VisibleSegments.of(visit.profile(), catalog, DecideWorkload.NOW_MICROS)
                            .bits());
        }

        long conditionCount() {
            return offers.catalog().offers().stream()
                    .map(offer -> offer.document().eligibility())
                    .distinct()
                    .count();
        }

        boolean isUsual() {
            return eligible == ELIGIBLE_USUAL && offers.catalog().offers().size() < MOST_OFFERS;
        }

        String name() {
            return String.format(
                    Locale.ROOT, "%,d offers", offers.catalog().offers().size());
        }

        String name(int returned) {
            return String.format(
                    Locale.ROOT, "%s, %.0f %% eligible, best %d", name(), 100 * measuredEligible, returned);
        }

        /** The compiled decider says what the plain one says, and predicates what the interpreter says. */
        void verify() {
            final List<CompiledRequest> usual = requests.get(Arrays.binarySearch(RETURNED, RETURNED_USUAL));
            for (int i = 0;
                    i
                            < Math.min(
                                    VERIFIED_VISITS
                                                    * 100
                                                    / offers.catalog().offers().size()
                                            + 1,
                                    visitCount);
                    i++) {
                decide(i, usual);
                final Decision expected = plain(i);
                if (!decision.toDecision(expected.profile(), null, expected.catalogVersion())
                        .equals(expected)) {
                    throw new IllegalStateException("the compiled decider and the plain one differ, visit=" + i);
                }
            }
        }

        Rounds.Run compiled(int returned, double percentile) {
            final List<CompiledRequest> asked = requests.get(Arrays.binarySearch(RETURNED, returned));
            return timed(visitCount, percentile, i -> decide(i, asked));
        }

        private long decide(int visit, List<CompiledRequest> asked) {
            final Stored whom = stored.get(visit);
            person.of(whom.record, whom.purposes, whom.visible);
            decider.decide(asked.get(visit), person, decision);
            long checksum = 0;
            for (int i = 0; i < decision.offerCount(); i++) {
                checksum = 31 * checksum + decision.offer(i) + Double.doubleToLongBits(decision.priority(i));
            }
            return checksum;
        }

        /** As many visits as the plain decider is given. */
        Rounds.Run compiledBeside() {
            final List<CompiledRequest> usual = requests.get(Arrays.binarySearch(RETURNED, RETURNED_USUAL));
            return timed(interpretedVisits(), 0.5, i -> decide(i, usual));
        }

        Rounds.Run plain() {
            return timed(interpretedVisits(), 0.5, i -> {
                long checksum = 0;
                for (final Decision.ChosenOffer offer :
                        plain(i).placements().get(0).offers()) {
                    final Decision.Factors factors = offer.factors();
                    final double priority = factors == null ? 0 : factors.priority();
                    checksum = 31 * checksum + numbers.getOrDefault(offer.id(), -1) + Double.doubleToLongBits(priority);
                }
                return checksum;
            });
        }

        private Decision plain(int visit) {
            return PlainDecider.decide(
                    plainRequests.get(visit), visits.get(visit).profile(), offers.catalog(), DecideWorkload.NOW_MICROS);
        }

        Rounds.Run ruled(RuleEngineBaseline engine, List<Object> visitors) {
            return timed(interpretedVisits(), 0.5, i -> engine.eligible(visitors.get(i)));
        }

        Rounds.Run predicates() {
            return predicates(Math.max(1, visitCount / shareOfVisits()));
        }

        private Rounds.Run predicates(int visitsMeasured) {
            return timed(visitsMeasured, 0.5, i -> {
                final DecideWorkload.PlainPerson whom = visits.get(i).plain();
                long found = 0;
                for (final DecideWorkload.Predicate[] condition : predicates) {
                    found += holds(condition, whom) ? 1 : 0;
                }
                return found;
            });
        }

        private static boolean holds(DecideWorkload.Predicate[] condition, DecideWorkload.PlainPerson person) {
            for (final DecideWorkload.Predicate term : condition) {
                if (!term.holds(person)) {
                    return false;
                }
            }
            return true;
        }

        Rounds.Run interpreted(CelBaseline cel) {
            return timed(interpretedVisits(), 0.5, i -> {
                final Visit visit = visits.get(i);
                final List<String> segments =
                        List.copyOf(visit.profile().listed().keySet());
                return cel.eligible(visit.profile().attributes(), segments, visit.context());
            });
        }

        private int interpretedVisits() {
            return Math.max(1, visitCount / INTERPRETED_VISITS_ONE_IN / shareOfVisits());
        }

        /** One in so many visits is given to what looks at every offer. */
        private int shareOfVisits() {
            return Math.max(1, offers.catalog().offers().size() / OFFERS_OF_ALL_VISITS);
        }

        /** @param percentile of single visits, 0 to 1 */
        private Rounds.Run timed(int visitsMeasured, double percentile, Visited visited) {
            long checksum = 0;
            for (int i = 0; i < visitsMeasured; i++) {
                final long start = System.nanoTime();
                final long answer = visited.answer(i);
                nanos[i] = System.nanoTime() - start;
                checksum += answer;
            }
            Arrays.sort(nanos, 0, visitsMeasured);
            return new Rounds.Run(nanos[(int) (percentile * (visitsMeasured - 1))] / NANOS_PER_MICRO, checksum);
        }

        long decideAll(int visitsMeasured) {
            final List<CompiledRequest> usual = requests.get(Arrays.binarySearch(RETURNED, RETURNED_USUAL));
            long checksum = 0;
            for (int i = 0; i < visitsMeasured; i++) {
                checksum += decide(i, usual);
            }
            return checksum;
        }

        long decidePlainly(int visitsMeasured) {
            long returned = 0;
            for (int i = 0; i < visitsMeasured; i++) {
                returned += plain(i).placements().get(0).offers().size();
            }
            return returned;
        }

        Rounds.Run allocated(ToLongFunction<Integer> work) {
            final int visitsMeasured = interpretedVisits();
            final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            final long before = threads.getCurrentThreadAllocatedBytes();
            final long checksum = work.applyAsLong(visitsMeasured);
            final long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            return new Rounds.Run((double) bytes / visitsMeasured, checksum);
        }
    }

    /** Decides for a visit. */
    private interface Visited {
        long answer(int visit);
    }

    /** Records of a benchmark name segments by their bits. */
    private record BitsAsNumbers(Catalog catalog) implements SegmentNumbers {
        @Override
        public int number(String id) {
            return catalog.segmentBit(id);
        }

        @Override
        public String id(int number) {
            return catalog.segments().get(number).id();
        }
    }
}
