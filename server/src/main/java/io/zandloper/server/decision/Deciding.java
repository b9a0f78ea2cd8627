package io.zandloper.server.decision;

import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.server.decide.compiled.CompiledDecider;
import io.zandloper.server.decide.compiled.CompiledDecision;
import io.zandloper.server.decide.compiled.CompiledRequest;
import io.zandloper.server.decide.compiled.Explainer;
import io.zandloper.server.decide.compiled.FirstReasons;
import io.zandloper.server.decide.compiled.HeapPerson;
import io.zandloper.server.decide.compiled.Person;
import io.zandloper.server.decide.compiled.RecordPerson;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thread's way from a request to a decision: from the stored bytes where row and record tell all; from a decoded
 * profile where the decision is for another time, an expiry has just passed, or an explanation is asked for.
 */
public final class Deciding {
    /** A profile that is written at this moment is seldom written again before the next try. */
    private static final int READ_TRIES = 3;

    private final Decisions decisions;
    private final DecisionListener listener;
    private final CompiledRequest request = new CompiledRequest();
    private final RecordPerson recordPerson = new RecordPerson();
    private final RecordBuffer record = new RecordBuffer();
    private final RecordView recordView = new RecordView();
    private final RowBits row = new RowBits();
    private @Nullable Desk desk;

    /** What a thread needs for the decisions of one catalog. */
    private static final class Desk {
        private final CompiledCatalog catalog;
        private final CompiledDecider decider;
        private final ServedDecision served;
        private @Nullable Explainer explainer;
        private @Nullable FirstReasons firstReasons;

        Desk(CompiledCatalog catalog, Catalog versioned) {
            this.catalog = catalog;
            this.decider = new CompiledDecider(catalog);
            this.served = new ServedDecision(new CompiledDecision(catalog), versioned);
        }

        /** Whether it is for this catalog, as rows are: else their bits are others. */
        boolean isFor(Catalog versioned) {
            return versioned.attachment() == catalog;
        }

        Explainer explainer() {
            Explainer made = explainer;
            if (made == null) {
                made = new Explainer(catalog);
                explainer = made;
            }
            return made;
        }

        FirstReasons firstReasons() {
            FirstReasons made = firstReasons;
            if (made == null) {
                made = new FirstReasons(catalog);
                firstReasons = made;
            }
            return made;
        }
    }

    Deciding(Decisions decisions, DecisionListener listener) {
        this.decisions = decisions;
        this.listener = listener;
    }

    /**
     * Decides, and tells who listens.
     *
     * @param view open, of this thread
     * @param nowMicros the time, where the request names none
     * @return valid until the next decision
     * @throws InvalidInputException where a placement is unknown, named twice, or asked for a count outside 1-100
     */
    public ServedDecision decide(DecisionRequest asked, View view, long nowMicros) {
        final Desk current = deskOf(view.catalog());
        request.read(asked, current.catalog, nowMicros);
        current.served.begin(asked, request.atMicros());
        final Identity identity = asked.identity();
        final Person person =
                identity != null && !asked.explain() && asked.atMicros() == null && current.isFor(view.catalog())
                        ? stored(identity, view, nowMicros, current)
                        : null;
        if (person != null) {
            current.decider.decide(request, person, current.served.outcome());
        } else {
            final HeapPerson decoded = decideDecoded(asked, view, current);
            if (asked.explain()) {
                current.served.explain(current.explainer().explain(request, decoded, current.served.outcome()));
            }
        }
        listener.onDecision(current.served);
        return current.served;
    }

    /**
     * Only looks whether a request can be decided.
     *
     * @throws InvalidInputException as {@link #decide} does
     */
    public void check(DecisionRequest asked, View view, long nowMicros) {
        request.read(asked, deskOf(view.catalog()).catalog, nowMicros);
    }

    /**
     * Takes over a usual request where it lies, to be {@linkplain #decideBegun decided} for one visitor or one after the
     * other, until another request is decided. Allocates nothing.
     *
     * @return false where it is not a usual one: to be decided the other way
     */
    public boolean begin(RequestBytes asked, View view, long nowMicros) {
        final Desk current = deskOf(view.catalog());
        return current.isFor(view.catalog()) && asked.readInto(request, current.catalog, nowMicros);
    }

    /**
     * Decides what was begun, for the visitor that the request names now. Allocates nothing.
     *
     * @param found what the view found for the visitor's identity
     * @return null where the profile cannot be read where it lies: to be decided the other way
     */
    public @Nullable ServedDecision decideBegun(RequestBytes asked, int found, View view, long nowMicros) {
        final Desk current = Objects.requireNonNull(desk, "nothing was begun");
        current.served.begin(asked, nowMicros);
        final Person person = asked.identityLengthBytes() == 0
                ? current.catalog.nobody()
                : stored(asked.identity(), asked.identityLengthBytes(), found, view, nowMicros, current);
        if (person == null) {
            return null;
        }
        current.decider.decide(request, person, current.served.outcome());
        listener.onDecision(current.served);
        return current.served;
    }

    /**
     * Decides as of a time, tells why each offer was not returned, and nobody who listens to decisions.
     *
     * @param view open, of this thread
     * @throws InvalidInputException as {@link #decide(DecisionRequest, View, long)}
     */
    public void tellReasons(DecisionRequest asked, View view, long atMicros, FirstReasons.Listener listening) {
        final Desk current = deskOf(view.catalog());
        request.read(asked, current.catalog, atMicros);
        current.served.begin(asked, atMicros);
        final HeapPerson person = decideDecoded(asked, view, current);
        final FirstReasons reasons = current.firstReasons();
        reasons.begin(request, person, current.served.outcome());
        reasons.tell(listening);
    }

    /** The catalog's; while that is being laid out, still the one before. */
    private Desk deskOf(Catalog catalog) {
        final Desk present = desk;
        if (present != null && present.isFor(catalog)) {
            return present;
        }
        if (present == null) {
            return newDesk(decisions.prepare(catalog), catalog);
        }
        final CompiledCatalog layout = decisions.layoutOf(catalog);
        return layout == null ? present : newDesk(layout, catalog);
    }

    private Desk newDesk(CompiledCatalog layout, Catalog catalog) {
        final Desk next = new Desk(layout, catalog);
        desk = next;
        return next;
    }

    private @Nullable Person stored(Identity identity, View view, long nowMicros, Desk current) {
        final byte[] utf8 = identity.utf8();
        return stored(utf8, utf8.length, view.find(utf8, 0, utf8.length), view, nowMicros, current);
    }

    /** Who has the identity, read where the bytes lie; null where row and record do not tell all. */
    private @Nullable Person stored(
            byte[] identity, int lengthBytes, int found, View view, long nowMicros, Desk current) {
        int ordinal = found;
        for (int tries = 0; tries < READ_TRIES; tries++) {
            if (ordinal == View.NOBODY) {
                return current.catalog.nobody();
            }
            if (view.readRecord(ordinal, record) && view.readRow(ordinal, row)) {
                recordView.wrap(record.buffer()).checkFormat();
                if (recordView.sequence() == row.sequence() && hasIdentity(identity, lengthBytes)) {
                    return nowMicros < row.nextExpiryMicros() ? recordPerson(ordinal, current.served) : null;
                }
            }
            ordinal = view.find(identity, 0, lengthBytes);
        }
        return null;
    }

    private Person recordPerson(int ordinal, ServedDecision served) {
        recordPerson.of(record.array(), row);
        served.decidedFor(
                ordinal,
                recordPerson.grantedPurposes(),
                record.array(),
                recordView.identityOffset(0),
                recordView.identityLength(0),
                recordView.version(),
                recordView.sequence());
        return recordPerson;
    }

    private boolean hasIdentity(byte[] identity, int lengthBytes) {
        for (int number = 0; number < recordView.identityCount(); number++) {
            final int offset = recordView.identityOffset(number);
            final int end = offset + recordView.identityLength(number);
            if (Arrays.equals(record.array(), offset, end, identity, 0, lengthBytes)) {
                return true;
            }
        }
        return false;
    }

    private HeapPerson decideDecoded(DecisionRequest asked, View view, Desk current) {
        final Identity identity = asked.identity();
        final Profile document = asked.document();
        final Profile known = document != null || identity == null ? document : view.profile(identity);
        final HeapPerson person;
        if (known == null) {
            person = current.catalog.nobody();
        } else {
            person = HeapPerson.of(known, document == null, current.catalog, request.atMicros());
            if (document != null || identity == null) {
                current.served.decidedFor(known);
            } else {
                current.served.decidedFor(view.find(identity), person.grantedPurposes(), known);
            }
        }
        current.decider.decide(request, person, current.served.outcome());
        return person;
    }
}
