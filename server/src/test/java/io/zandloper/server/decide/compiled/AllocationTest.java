package io.zandloper.server.decide.compiled;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.format.RecordCodec;
import io.zandloper.storage.profile.Profile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Deciding for stored profiles leaves nothing for the collector. */
final class AllocationTest {
    private static final long SEED = Long.getLong("zandloper.decide.seed", 7);
    private static final int ROUNDS_OF_WARM_UP = 3;

    /** One person's bytes and bits, and a request. */
    private record Case(byte[] record, int purposes, long[] visible, CompiledRequest request) {}

    @Test
    void aDecisionAllocatesNothing() {
        System.out.println("AllocationTest: zandloper.decide.seed=" + SEED);
        final SplittableRandom random = new SplittableRandom(SEED);
        final RandomWorld world = RandomWorld.withoutRareExpressions(random);
        final Catalog catalog = world.catalog(400);
        final CompiledCatalog compiled = CompiledCatalog.of(catalog);
        final List<Case> cases = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            cases.add(newCase(world, compiled));
        }
        final CompiledDecider decider = new CompiledDecider(compiled);
        final CompiledDecision decision = new CompiledDecision(compiled);
        final RecordPerson person = new RecordPerson();
        int returned = 0;
        for (int round = 0; round < ROUNDS_OF_WARM_UP; round++) {
            returned += decideAll(cases, decider, person, decision);
        }
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long before = threads.getCurrentThreadAllocatedBytes();
        returned += decideAll(cases, decider, person, decision);
        final long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(returned).isPositive();
        // Asking costs some bytes itself; less than one a decision.
        assertThat(allocatedBytes).isLessThan(cases.size());
    }

    private static int decideAll(
            List<Case> cases, CompiledDecider decider, RecordPerson person, CompiledDecision decision) {
        int returned = 0;
        for (int i = 0; i < cases.size(); i++) {
            final Case asked = cases.get(i);
            person.of(asked.record, asked.purposes, asked.visible);
            decider.decide(asked.request, person, decision);
            returned += decision.offerCount();
        }
        return returned;
    }

    private static Case newCase(RandomWorld world, CompiledCatalog compiled) {
        final Catalog catalog = compiled.catalog();
        final Profile profile = world.profile(catalog);
        final DecisionRequest asked = world.request(catalog, profile.primary(), null, false);
        final CompiledRequest request = new CompiledRequest();
        request.read(asked, compiled, RandomWorld.NOW);
        final ByteBuffer encoded = new RecordCodec().encode(profile, RandomWorld.numbers(catalog));
        final byte[] record = new byte[encoded.remaining()];
        encoded.get(record);
        return new Case(
                record,
                VisibleSegments.grantedPurposes(profile, catalog),
                VisibleSegments.of(profile, catalog, request.atMicros()).bits(),
                request);
    }
}
