package io.zandloper.benchmarks.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zandloper.benchmarks.FilledStorage;
import io.zandloper.loadtest.generate.CounterRandom;
import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.row.RowBits;
import java.io.IOException;
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

/** From an identity's bytes to one segment, and to all of them. */
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SegmentTestJmh {
    private static final int SEGMENTS = 256;

    @Param("200000")
    public int profiles;

    private FilledStorage filled;
    private StorageReader reader;
    private View view;
    private byte[][] keys;
    private int next;
    private long nowMicros;
    private final RowBits bits = new RowBits();

    @Setup(Level.Trial)
    public void fill() throws IOException {
        filled = FilledStorage.create(profiles, 20, SEGMENTS, rows -> {});
        reader = filled.storage().newReader();
        final CounterRandom random = new CounterRandom(1, 1);
        keys = new byte[1 << 16][];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = DataSet.crm(random.nextInt(profiles)).getBytes(UTF_8);
        }
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
    public int testOne() {
        final byte[] key = keys[next++ & (keys.length - 1)];
        return view.testSegment(view.find(key, 0, key.length), next & (SEGMENTS - 1), nowMicros);
    }

    @Benchmark
    public long readAll() {
        final byte[] key = keys[next++ & (keys.length - 1)];
        return view.readRow(view.find(key, 0, key.length), bits) ? bits.word(0) : -1;
    }
}
