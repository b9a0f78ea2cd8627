package io.zandloper.benchmarks.jmh;

import io.zandloper.benchmarks.FilledStorage;
import io.zandloper.loadtest.generate.CounterRandom;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.profile.Identity;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** From an identity to a decision: lookup, record, every offer, ranking. */
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PlainDecideJmh {
    private static final List<PlacementRequest> PLACEMENTS = List.of(new PlacementRequest("web-list", null));
    private static final Map<String, Object> CONTEXT = Map.of("channel", "web", "device", "mobile", "hour", 14L);

    @Param({"200", "1000"})
    public int offers;

    @Param("10000")
    public int profiles;

    private FilledStorage filled;
    private StorageReader reader;
    private View view;
    private final CounterRandom random = new CounterRandom(1, 2);
    private long nowMicros;

    @Setup(Level.Trial)
    public void fill() throws IOException {
        filled = FilledStorage.create(profiles, offers, 64, rows -> {});
        reader = filled.storage().newReader();
        nowMicros = System.currentTimeMillis() * 1_000;
        view = reader.enter();
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        reader.leave();
        reader.close();
        filled.close();
    }

    @Benchmark
    public Decision decide() {
        final Identity identity = new Identity("crm", Integer.toString(1 + random.nextInt(profiles)));
        final DecisionRequest request = new DecisionRequest(identity, null, PLACEMENTS, CONTEXT, false, null, Set.of());
        return PlainDecider.decide(request, view.profile(identity), view.catalog(), nowMicros);
    }
}
