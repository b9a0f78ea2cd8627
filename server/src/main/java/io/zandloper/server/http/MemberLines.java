package io.zandloper.server.http;

import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.column.AudienceQuery;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * The identities of an audience's members, a line of JSON each. Who they are was found at one sequence; each is looked at
 * again when the line is made, which may be much later: who does not belong to it any more then, since consent was
 * withdrawn or the person erased, is left out.
 */
final class MemberLines implements AnswerSource {
    /** After that many profiles the reader leaves, so that it does not keep memory from being freed. */
    private static final int PROFILES_PER_VISIT = 1_024;

    private static final byte[] BEFORE = "{\"id\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AFTER = "\"}\n".getBytes(StandardCharsets.US_ASCII);

    private final StorageReader reader;
    private final MicrosClock clock;
    private final Audience audience;
    private final PeekableIntIterator ordinals;
    private final byte @Nullable [] prefix;
    private final Runnable closed;
    private final RowBits row = new RowBits();
    private final RecordBuffer record = new RecordBuffer();
    private final RecordView recordView = new RecordView();
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private AudienceQuery query;
    private long[] bits = new long[0];

    /**
     * @param reader is closed with this
     * @param namespace of the identities to list, all of them; null for the primary one
     */
    MemberLines(
            StorageReader reader,
            MicrosClock clock,
            Audience audience,
            AudienceQuery query,
            RoaringBitmap ordinals,
            @Nullable String namespace,
            Runnable closed) {
        this.reader = reader;
        this.clock = clock;
        this.audience = audience;
        this.query = query;
        this.ordinals = ordinals.getIntIterator();
        this.prefix = namespace == null ? null : (namespace + ":").getBytes(StandardCharsets.US_ASCII);
        this.closed = closed;
    }

    @Override
    public byte @Nullable [] next() {
        piece.reset();
        while (ordinals.hasNext() && piece.size() < HttpLimits.ANSWER_PIECE_BYTES) {
            visit();
        }
        return piece.size() == 0 ? null : piece.toByteArray();
    }

    @Override
    public void close() {
        reader.close();
        closed.run();
    }

    private void visit() {
        final View view = reader.enter();
        try {
            if (view.catalog() != query.catalog()) {
                query = AudienceQuery.of(audience, view.catalog());
            }
            final long nowMicros = clock.nowMicros();
            for (int i = 0; i < PROFILES_PER_VISIT && ordinals.hasNext(); i++) {
                final int ordinal = ordinals.next();
                if (isMember(view, ordinal, nowMicros) && view.readRecord(ordinal, record)) {
                    addLines(record.buffer());
                }
            }
        } finally {
            reader.leave();
        }
    }

    private boolean isMember(View view, int ordinal, long nowMicros) {
        if (view.readRow(ordinal, row) && nowMicros < row.nextExpiryMicros()) {
            if (bits.length != row.wordCount()) {
                bits = new long[row.wordCount()];
            }
            for (int i = 0; i < bits.length; i++) {
                bits[i] = row.word(i);
            }
            return query.holds(bits);
        }
        final Profile profile = view.readProfile(ordinal);
        return profile != null
                && query.holds(
                        VisibleSegments.of(profile, view.catalog(), nowMicros).bits());
    }

    private void addLines(ByteBuffer bytes) {
        recordView.wrap(bytes);
        if (prefix == null) {
            addLine(bytes, recordView.identityOffset(0), recordView.identityLength(0));
            return;
        }
        for (int i = 0; i < recordView.identityCount(); i++) {
            final int offset = recordView.identityOffset(i);
            final int length = recordView.identityLength(i);
            if (startsWithPrefix(bytes, offset, length, prefix)) {
                addLine(bytes, offset, length);
            }
        }
    }

    private static boolean startsWithPrefix(ByteBuffer bytes, int offset, int length, byte[] prefix) {
        if (length < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (bytes.get(offset + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /** An identity has no control characters: two bytes of it mean something in JSON. */
    private void addLine(ByteBuffer bytes, int offset, int length) {
        piece.writeBytes(BEFORE);
        for (int i = offset; i < offset + length; i++) {
            final byte b = bytes.get(i);
            if (b == '"' || b == '\\') {
                piece.write('\\');
            }
            piece.write(b);
        }
        piece.writeBytes(AFTER);
    }
}
