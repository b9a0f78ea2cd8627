package io.zandloper.server.decisionlog;

import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ChosenOffer;
import io.zandloper.server.decide.Decision.Factors;
import io.zandloper.server.decide.Decision.FilledPlacement;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.server.decide.compiled.CompiledDecider;
import io.zandloper.server.decide.compiled.CompiledDecision;
import io.zandloper.server.decide.compiled.CompiledRequest;
import io.zandloper.server.decide.compiled.HeapPerson;
import io.zandloper.server.decisionlog.LoggedDecision.LoggedOffer;
import io.zandloper.server.decisionlog.LoggedDecision.LoggedPlacement;
import io.zandloper.storage.CatalogLoader;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.SnapshotSettings;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.StorageRestore;
import io.zandloper.storage.View;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Profile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides logged decisions again with what a snapshot holds. The snapshot is restored into a folder of its own, so that it
 * stays as it is, and whoever was erased since is not in it. For one thread.
 */
public final class DecisionReplay implements AutoCloseable {
    /** For a visitor whose identity nobody had; who it was is not logged. */
    private static final Identity SOMEBODY = new Identity("replay", "unknown");

    private final Storage storage;
    private final StorageReader reader;
    private final CompiledCatalog compiled;
    private final CompiledDecider decider;
    private final CompiledRequest compiledRequest = new CompiledRequest();
    private final CompiledDecision compiledDecision;
    private final boolean byReference;

    /** What came of deciding an entry again. */
    public enum Outcome {
        /** The same offers in the same order with the same priorities. */
        SAME,
        DIFFERENT,
        /** The snapshot holds the profile, but a change of it that the decision did not see, or not one that it saw. */
        PROFILE_CHANGED,
        /** The snapshot does not hold the profile. */
        PROFILE_UNKNOWN,
        /** The decision was made by another catalog than the snapshot's. */
        OTHER_CATALOG,
        /** The log does not hold what the decision was made of: a profile document, or a person who is not pointed at. */
        NOT_LOGGED
    }

    /** @param difference what is different; empty for every other outcome */
    public record Replayed(Outcome outcome, String difference) {}

    private DecisionReplay(Storage storage, boolean byReference) {
        this.storage = storage;
        this.reader = storage.newReader();
        this.compiled = CompiledCatalog.of(storage.catalog());
        this.decider = new CompiledDecider(compiled);
        this.compiledDecision = new CompiledDecision(compiled);
        this.byReference = byReference;
    }

    /**
     * Makes a snapshot ready.
     *
     * @param folder to restore it into; empty or not there, the caller's to delete
     * @param catalogs reads the snapshot's catalog
     * @param byReference decide by the plain decider, which shares no code with the one that serves, and is slow
     * @throws io.zandloper.storage.StorageException in one sentence, where it cannot be restored
     */
    public static DecisionReplay of(Path snapshot, Path folder, CatalogLoader catalogs, boolean byReference) {
        final StorageConfig config =
                StorageConfig.of(folder).with(SnapshotSettings.ON_DEMAND).withoutOwnChanges();
        StorageRestore.restore(snapshot, config, catalogs, MicrosClock.system(), null);
        return new DecisionReplay(Storage.open(config, catalogs, MicrosClock.system()), byReference);
    }

    /** The version of the snapshot's catalog. */
    public long catalogVersion() {
        return storage.catalog().version();
    }

    /** Whether a log's people are those of the snapshot: else none of them is found in it. */
    public boolean isOfTheSamePeople(DecisionLogReader.Header header) {
        final IdentityHash hash = storage.newIdentityHash();
        final byte[] text = LogDescriptor.KEY_TEXT.getBytes(StandardCharsets.US_ASCII);
        hash.hash(text, 0, text.length);
        return hash.high() == header.keyHigh() && hash.low() == header.keyLow();
    }

    /** Decides an entry again. */
    public Replayed replay(LoggedDecision logged) {
        if (logged.visitor() == Visitor.DOCUMENT || logged.visitor() == Visitor.WITHHELD) {
            return new Replayed(Outcome.NOT_LOGGED, "");
        }
        if (logged.catalogVersion() != catalogVersion()) {
            return new Replayed(Outcome.OTHER_CATALOG, "");
        }
        final Profile person;
        try {
            final View view = reader.enter();
            person = logged.visitor() == Visitor.KNOWN
                    ? view.readProfile(view.find(logged.personHigh(), logged.personLow()))
                    : null;
        } finally {
            reader.leave();
        }
        if (logged.visitor() == Visitor.KNOWN && person == null) {
            return new Replayed(Outcome.PROFILE_UNKNOWN, "");
        }
        if (person != null && person.sequence() != logged.profileSequence()) {
            return new Replayed(Outcome.PROFILE_CHANGED, "");
        }
        final String difference = difference(logged, person);
        return new Replayed(difference.isEmpty() ? Outcome.SAME : Outcome.DIFFERENT, difference);
    }

    private String difference(LoggedDecision logged, @Nullable Profile person) {
        final Decision again;
        try {
            again = decide(request(logged, person), person, logged.atMicros());
        } catch (InvalidInputException e) {
            return "it was decided, and would be refused now: " + e.getMessage();
        }
        if (again.reason() != logged.reason()) {
            return "reason " + logged.reason() + ", now " + again.reason();
        }
        final List<String> differences = new ArrayList<>();
        for (int i = 0; i < logged.placements().size(); i++) {
            final String before = text(logged.placements().get(i).offers());
            final String now = text(offers(again.placements().get(i)));
            if (!before.equals(now)) {
                differences.add(logged.placements().get(i).id() + ": " + before + ", now " + now);
            }
        }
        return String.join("; ", differences);
    }

    private static DecisionRequest request(LoggedDecision logged, @Nullable Profile person) {
        final List<PlacementRequest> placements = new ArrayList<>();
        for (final LoggedPlacement placement : logged.placements()) {
            placements.add(new PlacementRequest(placement.id(), placement.asked() == 0 ? null : placement.asked()));
        }
        final Identity identity = logged.visitor() == Visitor.ANONYMOUS
                ? null
                : person == null ? SOMEBODY : person.identities().get(0);
        return new DecisionRequest(
                identity,
                null,
                placements,
                logged.context(),
                false,
                logged.atMicros(),
                new HashSet<>(logged.excluded()));
    }

    private Decision decide(DecisionRequest request, @Nullable Profile person, long atMicros) {
        if (byReference) {
            return PlainDecider.decide(request, person, storage.catalog(), atMicros);
        }
        compiledRequest.read(request, compiled, atMicros);
        decider.decide(
                compiledRequest,
                person == null ? compiled.nobody() : HeapPerson.of(person, true, compiled, atMicros),
                compiledDecision);
        return compiledDecision.toDecision(null, null, catalogVersion());
    }

    private static List<LoggedOffer> offers(FilledPlacement placement) {
        final List<LoggedOffer> offers = new ArrayList<>();
        for (final ChosenOffer offer : placement.offers()) {
            final Factors factors = offer.factors();
            offers.add(new LoggedOffer(offer.id(), factors == null, factors == null ? 0 : factors.priority()));
        }
        return offers;
    }

    /** Every double has its own text. */
    private static String text(List<LoggedOffer> offers) {
        final List<String> texts = new ArrayList<>();
        offers.forEach(
                offer -> texts.add(offer.id() + (offer.fallback() ? " (fallback)" : " (" + offer.priority() + ")")));
        return texts.isEmpty() ? "nothing" : String.join(" ", texts);
    }

    @Override
    public void close() {
        reader.close();
        storage.close();
    }
}
