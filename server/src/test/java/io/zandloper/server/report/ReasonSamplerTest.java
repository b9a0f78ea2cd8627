package io.zandloper.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.ReasonCode;
import io.zandloper.server.decide.compiled.FirstReasons;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ReasonSamplerTest {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final DecisionRequest REQUEST = DecidedWorld.request(null, false, null, "hero");

    private final AtomicLong nowNanos = new AtomicLong();
    private final ReasonTally reasons = new ReasonTally(new Ids(10, 10), new Ids(10, 10));

    /** Takes a second of the test's clock each time. */
    private final class SlowExplaining implements Explaining {
        private boolean catalogReplaced;

        @Override
        public boolean explain(DecisionRequest request, long atMicros, FirstReasons.Listener listening) {
            nowNanos.addAndGet(SECOND_NANOS);
            if (catalogReplaced) {
                throw new InvalidInputException("placements[0].id", "unknown placement 'hero'");
            }
            listening.onOffer("hero", "card", ReasonCode.CAPPED);
            return true;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    @Test
    void takesNoMoreThanItsShareOfTime() {
        final ReasonSampler sampler = new ReasonSampler(5, nowNanos::get, reasons);
        final SampleRing ring = sampler.newRing();
        final Explaining explaining = new SlowExplaining();
        for (int second = 0; second < 1_000; second++) {
            sampler.work(explaining);
            if (sampler.isOpen()) {
                ring.offer(REQUEST, DecidedWorld.NOW);
            }
            nowNanos.addAndGet(SECOND_NANOS);
        }
        assertThat(reasons.explained()).isBetween(45L, 60L);
    }

    @Test
    void whatCannotBeExplainedAnyMoreIsNotCounted() {
        final ReasonSampler sampler = new ReasonSampler(5, nowNanos::get, reasons);
        final SampleRing ring = sampler.newRing();
        final SlowExplaining explaining = new SlowExplaining();
        explaining.catalogReplaced = true;
        ring.offer(REQUEST, DecidedWorld.NOW);
        assertThat(sampler.work(explaining)).isTrue();
        assertThat(reasons.explained()).isZero();
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void withoutAShareNothingIsHandedOver() {
        final ReasonSampler sampler = new ReasonSampler(0, nowNanos::get, reasons);
        sampler.start(new SlowExplaining());
        assertThat(sampler.isOpen()).isFalse();
        sampler.close();
    }
}
