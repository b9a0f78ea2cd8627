package io.zandloper.benchmarks.measure;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One thing of ours against another, measured in turns in one process.
 *
 * @param goal the design's number for it, such as {@code P1}
 * @param ours median over the runs
 * @param against what it is compared with
 * @param theirs median over the runs
 * @param ratio ours by theirs: the median of the ratios of single runs
 * @param ratioMin the smallest of them
 * @param ratioMax the largest of them
 * @param unit of {@code ours} and {@code theirs}
 * @param runs how many of each
 */
public record Comparison(
        String goal,
        String what,
        double ours,
        String against,
        double theirs,
        double ratio,
        double ratioMin,
        double ratioMax,
        String unit,
        int runs) {

    /** The row as the contract has it. */
    public ObjectNode toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("goal", goal)
                .put("what", what)
                .put("ours", ours)
                .put("against", against)
                .put("theirs", theirs)
                .put("ratio", ratio)
                .put("ratioMin", ratioMin)
                .put("ratioMax", ratioMax)
                .put("unit", unit)
                .put("runs", runs);
    }
}
