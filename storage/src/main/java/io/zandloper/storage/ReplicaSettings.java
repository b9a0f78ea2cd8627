package io.zandloper.storage;

import java.time.Duration;

/**
 * When a change is acknowledged on a primary.
 *
 * @param acknowledging how many replicas must have it in their journals; 0 for none
 * @param waitMax for them, after which the caller hears that there were too few
 */
public record ReplicaSettings(int acknowledging, Duration waitMax) {
    /** Acknowledged once this node's journal has it. */
    public static final ReplicaSettings NONE = new ReplicaSettings(0, Duration.ofSeconds(5));

    public ReplicaSettings {
        if (acknowledging < 0) {
            throw new IllegalArgumentException("negative: acknowledging=" + acknowledging);
        }
        if (waitMax.isNegative() || waitMax.isZero()) {
            throw new IllegalArgumentException("not positive: waitMax=" + waitMax);
        }
    }
}
