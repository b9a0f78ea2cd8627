package io.zandloper.server.http;

import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.json.Paths;
import io.zandloper.server.json.SimulationReader;
import io.zandloper.server.json.SimulationWriter;
import io.zandloper.server.simulate.SampledOrdinals;
import io.zandloper.server.simulate.Simulation;
import io.zandloper.server.simulate.SimulationRequest;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.catalog.InvalidExpressionException;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/** {@code /v1/simulations}. All the work is done on the {@link SimulationWorker}'s thread. */
final class SimulationResource {
    private static final String CATALOG = "catalog";
    private static final Audience EVERYBODY = everybody();

    private final Storage storage;
    private final MicrosClock clock;
    private final SimulationWorker worker;
    private final Decisions decisions;
    private final AudienceQuestions questions;

    SimulationResource(Storage storage, MicrosClock clock, SimulationWorker worker, Decisions decisions) {
        this.storage = storage;
        this.clock = clock;
        this.worker = worker;
        this.decisions = decisions;
        this.questions = new AudienceQuestions(storage, HttpLimits.AUDIENCE_WAIT_MILLIS_MAX);
    }

    private static Audience everybody() {
        try {
            return Audience.compile("true");
        } catch (InvalidExpressionException e) {
            throw new IllegalStateException("true is a condition", e);
        }
    }

    void simulate(Exchange exchange, byte[] body) {
        worker.begin();
        exchange.work(
                worker,
                worker::end,
                () -> prepare(body),
                prepared -> exchange.respond(
                        new Response(200, MediaType.NDJSON.text(), new byte[0], prepared.writer.sequence(), List.of()),
                        new SimulationLines(
                                storage.newReader(), prepared.ordinals, prepared.simulation, prepared.writer, worker),
                        worker));
    }

    private record Prepared(Simulation simulation, SampledOrdinals ordinals, SimulationWriter writer) {}

    private record Everybody(RoaringBitmap ordinals, long sequence) {}

    private Prepared prepare(byte[] body) {
        final long startNanos = System.nanoTime();
        final SimulationReader.Reading reading = SimulationReader.read(body);
        final Catalog current = storage.catalog();
        final CatalogCompilation compilation =
                CatalogReader.read(reading.catalog(), reading.catalogErrors()).compile(current);
        final Catalog candidate = compilation.catalog();
        final List<FieldError> errors = new ArrayList<>(reading.errors());
        compilation
                .errors()
                .forEach(error -> errors.add(new FieldError(Paths.within(CATALOG, error.path()), error.reason())));
        if (candidate == null || !errors.isEmpty()) {
            throw new InvalidInputException(errors);
        }
        final SimulationRequest request = reading.request();
        final Long at = request.atMicros();
        final long atMicros = at == null ? clock.nowMicros() : at;
        final Simulation simulation =
                new Simulation(request, decisions.prepare(current), CompiledCatalog.of(candidate), atMicros);
        final Everybody everybody = questions.ask(
                EVERYBODY, (query, columns, limit) -> new Everybody(query.members(columns, limit), columns.sequence()));
        final Integer sample = request.sample();
        return new Prepared(
                simulation,
                new SampledOrdinals(everybody.ordinals, sample == null ? Integer.MAX_VALUE : sample, request.seed()),
                new SimulationWriter(
                        everybody.ordinals.getCardinality(),
                        everybody.sequence,
                        current.version(),
                        atMicros,
                        request,
                        startNanos));
    }
}
