package io.zandloper.server.decisionlog;

import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.ServedDecision;
import io.zandloper.storage.format.IdentityHash;
import org.agrona.concurrent.UnsafeBuffer;

/** One event loop's way into the log. Its thread alone logs; what there is no room for is dropped and counted. */
final class DecisionLogger implements DecisionListener {
    private final DecisionLog log;
    private final IdentityHash hash;
    private final int neededPurposes;
    private final EntryEncoder encoder = new EntryEncoder();
    private final UnsafeBuffer encoded = new UnsafeBuffer(encoder.payload().array());

    DecisionLogger(DecisionLog log, IdentityHash hash, int neededPurposes) {
        this.log = log;
        this.hash = hash;
        this.neededPurposes = neededPurposes;
    }

    @Override
    public void onDecision(ServedDecision decision) {
        final Visitor visitor = visitor(decision);
        if (!encoder.encode(decision, visitor)) {
            log.onTooLong();
            return;
        }
        if (visitor == Visitor.KNOWN) {
            hash.hash(decision.profileBytes(), decision.profileOffset(), decision.profileLengthBytes());
            encoder.person(hash.high(), hash.low(), decision.profileVersion(), decision.profileSequence());
        }
        log.offer(encoded, encoder.payload().limit());
    }

    private Visitor visitor(ServedDecision decision) {
        if (decision.request().document() != null) {
            return Visitor.DOCUMENT;
        }
        if (decision.isForStored()) {
            return (decision.grantedPurposes() & neededPurposes) == neededPurposes ? Visitor.KNOWN : Visitor.WITHHELD;
        }
        return decision.request().identity() == null ? Visitor.ANONYMOUS : Visitor.UNKNOWN;
    }
}
