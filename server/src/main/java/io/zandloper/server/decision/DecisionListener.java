package io.zandloper.server.decision;

/**
 * Told of each decision that is served: the one place for whoever counts or records decisions. Called on the event loop
 * that decided, after the decision is made and before it is answered; by several of them at a time, unless each was given
 * its own.
 *
 * <p>What an implementation costs, every decision costs: it must not block, throw, or allocate in the usual case.
 */
public interface DecisionListener {
    /** Listens to nothing. */
    DecisionListener NONE = decision -> {};

    /** @param decision valid until this returns; to be copied where it is needed longer */
    void onDecision(ServedDecision decision);

    /** This one, then another. */
    default DecisionListener andThen(DecisionListener next) {
        return decision -> {
            onDecision(decision);
            next.onDecision(decision);
        };
    }
}
