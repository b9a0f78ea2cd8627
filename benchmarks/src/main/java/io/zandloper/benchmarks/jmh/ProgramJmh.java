package io.zandloper.benchmarks.jmh;

import io.zandloper.benchmarks.FilledStorage;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.catalog.Variables;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.program.CompiledRules;
import io.zandloper.storage.program.Evaluation;
import io.zandloper.storage.program.Program;
import io.zandloper.storage.program.ProgramCompiler;
import io.zandloper.storage.record.RecordBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Conditions of generated offers, each over a stored profile, as programs and by the CEL library's interpreter; and all
 * rules of a catalog over a profile, compiled and plain.
 */
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ProgramJmh {
    private static final int SEGMENTS = 256;
    private static final int OFFERS = 1_000;
    /** Conditions evaluated for one profile, then for the next. */
    private static final int CONDITIONS = 256;

    @Param("2000")
    public int profiles;

    private final List<Profile> decoded = new ArrayList<>();
    private final List<byte[]> records = new ArrayList<>();
    private final List<Variables> variables = new ArrayList<>();
    private final List<long[]> segments = new ArrayList<>();
    private final List<Expression> expressions = new ArrayList<>();
    private final List<Program> programs = new ArrayList<>();
    private final RecordView record = new RecordView();
    private final Map<String, Object> context = Map.of("channel", "web", "device", "mobile", "hour", 14L);
    private Catalog catalog;
    private Evaluation evaluation;
    private CompiledRules rules;
    private long nowMicros;
    private int next;

    @Setup(Level.Trial)
    public void fill() throws IOException {
        nowMicros = System.currentTimeMillis() * 1_000;
        try (FilledStorage filled = FilledStorage.create(profiles, OFFERS, SEGMENTS, rows -> {});
                StorageReader reader = filled.storage().newReader()) {
            final View view = reader.enter();
            catalog = view.catalog();
            final RecordBuffer buffer = new RecordBuffer();
            for (int row = 1; row <= profiles; row++) {
                final Identity identity = new Identity("crm", Integer.toString(row));
                final Profile profile = view.profile(identity);
                if (profile == null || !view.readRecord(view.find(identity), buffer)) {
                    throw new IllegalStateException("a profile is missing, row=" + row);
                }
                final VisibleSegments visible = VisibleSegments.of(profile, catalog, nowMicros);
                decoded.add(profile);
                records.add(Arrays.copyOf(buffer.array(), buffer.length()));
                segments.add(visible.bits());
                variables.add(Variables.ofCondition(profile.attributes(), visible.ids(), context));
            }
            reader.leave();
        }
        final ProgramCompiler compiler = new ProgramCompiler(catalog);
        for (Catalog.Offer offer : catalog.offers()) {
            final Expression eligibility = offer.eligibility();
            if (eligibility != null && expressions.size() < CONDITIONS) {
                expressions.add(eligibility);
                programs.add(compiler.compile(eligibility));
            }
        }
        if (expressions.size() < CONDITIONS) {
            throw new IllegalStateException("too few conditions: count=" + expressions.size());
        }
        evaluation = compiler.layout().newEvaluation();
        rules = new CompiledRules(catalog);
    }

    /** One condition; the profile's attributes are looked through once for all of them. */
    @Benchmark
    @OperationsPerInvocation(CONDITIONS)
    public int programs() {
        final int row = next++ % profiles;
        final byte[] bytes = records.get(row);
        record.wrap(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        evaluation.ofRecord(bytes, record.attributesOffset(), record.attributesLength());
        evaluation.ofContext(context);
        evaluation.ofSegments(segments.get(row));
        int satisfied = 0;
        for (int i = 0; i < CONDITIONS; i++) {
            satisfied += programs.get(i).isSatisfied(evaluation) ? 1 : 0;
        }
        return satisfied;
    }

    /** One condition. */
    @Benchmark
    @OperationsPerInvocation(CONDITIONS)
    public int interpreter() {
        final Variables read = variables.get(next++ % profiles);
        int satisfied = 0;
        for (int i = 0; i < CONDITIONS; i++) {
            satisfied += expressions.get(i).isSatisfied(read) ? 1 : 0;
        }
        return satisfied;
    }

    /** What a program needs before its first condition: the attributes of one profile, looked through. */
    @Benchmark
    public int attributes() {
        final byte[] bytes = records.get(next++ % profiles);
        record.wrap(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        evaluation.ofRecord(bytes, record.attributesOffset(), record.attributesLength());
        return evaluation.profile().kind(0);
    }

    /** All rules over one decoded profile. */
    @Benchmark
    public long compiledRules() {
        rules.judge(decoded.get(next++ % profiles), nowMicros);
        return rules.bits()[0];
    }

    /** All rules over one decoded profile. */
    @Benchmark
    public long plainRules() {
        return VisibleSegments.of(decoded.get(next++ % profiles), catalog, nowMicros)
                .bits()[0];
    }
}
