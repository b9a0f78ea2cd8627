package io.zandloper.loadtest.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for saturation: the highest rate that is answered in time. Doubles the rate until it is missed, then halves the
 * gap between the last that was reached and the first that was not.
 */
public final class Ramp {
    /** From 1 a second to more than a hundred million. */
    private static final int DOUBLINGS_MAX = 27;
    /** The gap is then a sixteenth of the rate. */
    private static final int HALVINGS = 4;

    private static final double PERCENTILE = 99;

    /**
     * One rate.
     *
     * @param sustained answered in time, and not later than was asked
     */
    public record Step(double ratePerSecond, LoadResult result, boolean sustained) {}

    /** Runs one rate. */
    public interface Runner {
        LoadResult run(LoadPlan plan) throws IOException, InterruptedException;
    }

    /** Told each step once it is done. */
    public interface Listener {
        void onStep(Step step);
    }

    private final LoadPlan plan;
    private final Duration latencyMax;
    private final Runner runner;
    private final Listener listener;
    private final List<Step> steps = new ArrayList<>();

    /**
     * Prepares; nothing runs yet.
     *
     * @param plan its rate is the first
     * @param latencyMax what 99 of a hundred answers must keep
     */
    public Ramp(LoadPlan plan, Duration latencyMax, Runner runner, Listener listener) {
        this.plan = plan;
        this.latencyMax = latencyMax;
        this.runner = runner;
        this.listener = listener;
    }

    /** The highest rate that was sustained; 0 where the first was not. */
    public double run() throws IOException, InterruptedException {
        double sustained = 0;
        double missed = plan.loop().ratePerSecond();
        for (int i = 0; i < DOUBLINGS_MAX && step(missed); i++) {
            sustained = missed;
            missed *= 2;
        }
        for (int i = 0; i < HALVINGS && sustained > 0; i++) {
            final double middle = (sustained + missed) / 2;
            if (step(middle)) {
                sustained = middle;
            } else {
                missed = middle;
            }
        }
        return sustained;
    }

    private boolean step(double ratePerSecond) throws IOException, InterruptedException {
        final LoadResult result = runner.run(plan.with(plan.loop().withRate(ratePerSecond)));
        final boolean sustained = !result.isRateMissed()
                && result.errors() == 0
                && result.latenciesNanos().getValueAtPercentile(PERCENTILE) <= latencyMax.toNanos();
        final Step step = new Step(ratePerSecond, result, sustained);
        steps.add(step);
        listener.onStep(step);
        return sustained;
    }

    /** All steps so far, in their order. */
    public List<Step> steps() {
        return List.copyOf(steps);
    }
}
