package io.zandloper.server.decisionlog;

import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.ServedDecision;
import io.zandloper.storage.format.IdentityHash;
import java.util.function.Supplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** One event loop's way into the log. Its thread alone logs; what there is no room for is dropped and counted. */
final class DecisionLogger implements DecisionListener {
    private final DecisionLog log;
    private final Supplier<IdentityHash> hashes;
    /** Made for the first known person: a replica that began empty learns the key with the first people it gets. */
    private @Nullable IdentityHash hash;

    private final int neededPurposes;
    private final EntryEncoder encoder = new EntryEncoder();
    private final UnsafeBuffer encoded = new UnsafeBuffer(encoder.payload().array());

    DecisionLogger(DecisionLog log, Supplier<IdentityHash> hashes, int neededPurposes) {
        this.log = log;
        this.hashes = hashes;
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
            final IdentityHash present = presentHash();
            present.hash(decision.profileBytes(), decision.profileOffset(), decision.profileLengthBytes());
            encoder.person(present.high(), present.low(), decision.profileVersion(), decision.profileSequence());
        }
        log.offer(encoded, encoder.payload().limit(), visitor);
    }

    private IdentityHash presentHash() {
        if (hash == null) {
            hash = hashes.get();
        }
        return hash;
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
