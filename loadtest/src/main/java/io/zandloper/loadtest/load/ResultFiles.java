package io.zandloper.loadtest.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.loadtest.dialect.Operation;
import io.zandloper.loadtest.dialect.Questions;
import io.zandloper.loadtest.load.LoadResult.OperationResult;
import io.zandloper.loadtest.report.RunContext;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * Keeps a run: {@code latency.hlog}, an HdrHistogram interval log with a tag for each operation and values in
 * nanoseconds, and {@code summary.json}.
 */
final class ResultFiles implements LoadListener, AutoCloseable {
    static final String HISTOGRAM_LOG = "latency.hlog";
    static final String SUMMARY = "summary.json";

    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

    private final Path directory;
    private final String command;
    private final RunContext context;
    private final Instant startedAt;
    private final LoadListener next;
    private final PrintStream log;
    private final HistogramLogWriter logWriter;

    /**
     * @param directory made where there is none; files of an earlier run in it are replaced
     * @param command as it was typed
     * @param next told everything as well
     */
    ResultFiles(Path directory, String command, RunContext context, LoadListener next) throws IOException {
        this.directory = directory;
        this.command = command;
        this.context = context;
        this.next = next;
        this.startedAt = Instant.now();
        Files.createDirectories(directory);
        Files.deleteIfExists(directory.resolve(SUMMARY));
        this.log = new PrintStream(Files.newOutputStream(directory.resolve(HISTOGRAM_LOG)), false, UTF_8);
        this.logWriter = new HistogramLogWriter(log);
        logWriter.outputComment("[zandloper load; latencies in nanoseconds; commit " + context.commit() + "]");
        logWriter.outputComment("[" + command + "]");
        logWriter.outputLogFormatVersion();
        logWriter.outputStartTime(startedAt.toEpochMilli());
        logWriter.setBaseTime(startedAt.toEpochMilli());
        logWriter.outputLegend();
    }

    @Override
    public void onProgress(Progress progress) {
        next.onProgress(progress);
    }

    @Override
    public void onInterval(String operation, Histogram latenciesNanos, long fromNanos, long toNanos) {
        latenciesNanos.setTag(operation);
        latenciesNanos.setStartTimeStamp(startedAt.toEpochMilli() + fromNanos / 1_000_000);
        latenciesNanos.setEndTimeStamp(startedAt.toEpochMilli() + toNanos / 1_000_000);
        logWriter.outputIntervalHistogram(latenciesNanos);
        next.onInterval(operation, latenciesNanos, fromNanos, toNanos);
    }

    void writeSummary(LoadResult result) throws IOException {
        final LoadPlan plan = result.plan();
        final ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("tool", "zandloper load")
                .put("commit", context.commit())
                .put("machine", context.machine())
                .put("command", command)
                .put("startedAt", startedAt.toString());
        describe(plan, result, json);
        json.put("seed", plan.seed())
                .put("warmupSeconds", plan.extent().warmup().toMillis() / 1e3)
                .put("seconds", plan.extent().duration().toMillis() / 1e3)
                .put("elapsedSeconds", result.elapsedSeconds())
                .put("due", result.due())
                .put("answers", result.count())
                .put("perSecond", result.throughput())
                .put("profilesPerSecond", result.profilesPerSecond())
                .put("checksum", Long.toHexString(result.checksum()))
                .put("errors", result.errors());
        final ObjectNode errors = json.putObject("errorsByName");
        result.errorsByName().forEach(errors::put);
        final ObjectNode refusals = json.putObject("refusals");
        refusals.put("answers", result.refusalsNanos().getTotalCount());
        describe(result.refusalsNanos(), refusals.putObject("latencyNanos"));
        final ObjectNode operations = json.putObject("operations");
        for (final OperationResult operation : result.operations()) {
            describe(operation, result.elapsedSeconds(), operations.putObject(operation.title()));
        }
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(directory.resolve(SUMMARY).toFile(), json);
    }

    private static void describe(LoadPlan plan, LoadResult result, ObjectNode into) {
        final LoadPlan.Loop loop = plan.loop();
        into.put("protocol", plan.target().protocol().toString()).put("mode", LoadPlan.name(loop.mode()));
        if (plan.isOpenLoop()) {
            into.put("arrivals", LoadPlan.name(loop.arrivals()))
                    .put("targetRate", loop.ratePerSecond())
                    .put("rateMissed", result.isRateMissed());
        }
        into.put("waiting", LoadPlan.name(loop.waiting()))
                .put("connections", loop.connections())
                .put("threads", loop.threads())
                .put("pipeline", loop.pipeline());
        final LoadPlan.Asking asking = plan.asking();
        if (asking.trace() == null) {
            into.put("workload", LoadPlan.name(asking.workload()))
                    .put("keys", asking.keys().toString())
                    .put("id", asking.id().toString())
                    .put("profiles", asking.rows());
        }
        final Questions questions = asking.questions();
        questions.segments().forEach(into.putArray("segments")::add);
        questions.placements().forEach(into.putArray("placements")::add);
        if (asking.script().operations().contains(Operation.SEGMENT_TEST_BATCH)) {
            into.put("batch", questions.batch());
        }
        if (asking.script().operations().contains(Operation.UPSERT)) {
            into.put("valueBytes", questions.valueBytes());
        }
    }

    private static void describe(OperationResult operation, double elapsedSeconds, ObjectNode into) {
        final Histogram latencies = operation.latenciesNanos();
        into.put("answers", latencies.getTotalCount())
                .put("perSecond", latencies.getTotalCount() / elapsedSeconds)
                .put("errors", operation.errors());
        describe(latencies, into.putObject("latencyNanos"));
    }

    private static void describe(Histogram latencies, ObjectNode nanos) {
        if (latencies.getTotalCount() == 0) {
            return;
        }
        nanos.put("min", latencies.getMinValue()).put("mean", Math.round(latencies.getMean()));
        for (final double percentile : PERCENTILES) {
            final String name = percentile == Math.rint(percentile) ? "p" + (int) percentile : "p" + percentile;
            nanos.put(name, latencies.getValueAtPercentile(percentile));
        }
        nanos.put("max", latencies.getMaxValue());
    }

    /** @throws IOException where the log could not be written in full */
    @Override
    public void close() throws IOException {
        log.close();
        if (log.checkError()) {
            throw new IOException("the histogram log could not be written: " + directory.resolve(HISTOGRAM_LOG));
        }
    }
}
