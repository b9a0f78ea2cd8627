package io.zandloper.server.wire;

import io.zandloper.protocol.DecideView;
import io.zandloper.protocol.schema.AttributeKind;
import io.zandloper.protocol.schema.DecideRequest;
import io.zandloper.server.decide.DecisionLimits;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.server.decide.compiled.CompiledRequest;
import io.zandloper.server.decision.RequestBytes;
import io.zandloper.storage.catalog.Catalog;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A decide request where it lies: the usual ones, short, of ASCII and right in all, are read without allocating; of all
 * others it only says that they are not. Used again and again by one thread.
 */
final class DecideBytes implements RequestBytes {
    private static final byte[] CHANNEL = {'c', 'h', 'a', 'n', 'n', 'e', 'l'};

    private final DecideView view = new DecideView();
    /** Of the visitor that the request itself names. */
    private final IdentityBytes named = new IdentityBytes();

    private byte[] bytes = new byte[WireLimits.USUAL_DECIDE_BYTES];
    private ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    private IdentityBytes identity = named;
    /** Where its table lies. */
    private int position;

    private boolean ofBatch;
    private final Supplier<Map<String, Object>> contextAsMap = this::context;
    private Catalog catalog = Catalog.EMPTY;
    private long nowMicros;
    private int lengthBytes;
    private int identityLengthBytes;

    /**
     * Takes over a request.
     *
     * @param body verified; copied
     * @return whether it is short enough
     */
    boolean wrap(ByteBuffer body, Catalog newCatalog, long newNowMicros) {
        if (!copy(body, newCatalog, newNowMicros)) {
            return false;
        }
        position = buffer.getInt(0);
        ofBatch = false;
        return true;
    }

    /**
     * Takes over what a batch asks for each of its visitors, who are {@linkplain #visitor told} one after the other.
     *
     * @param body verified; copied
     * @param request where its table lies in the body's buffer
     * @return whether it is short enough
     */
    boolean wrapBatch(ByteBuffer body, int request, Catalog newCatalog, long newNowMicros) {
        if (!copy(body, newCatalog, newNowMicros)) {
            return false;
        }
        position = request - body.position();
        ofBatch = true;
        return true;
    }

    private boolean copy(ByteBuffer body, Catalog newCatalog, long newNowMicros) {
        if (body.remaining() > WireLimits.USUAL_DECIDE_BYTES_MAX) {
            return false;
        }
        if (body.remaining() > bytes.length) {
            bytes = new byte[WireLimits.USUAL_DECIDE_BYTES_MAX];
            buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
        lengthBytes = body.remaining();
        body.get(body.position(), bytes, 0, lengthBytes);
        catalog = newCatalog;
        nowMicros = newNowMicros;
        return true;
    }

    /** The next visitor of a batch. */
    void visitor(IdentityBytes next) {
        identity = next;
        identityLengthBytes = next.length();
    }

    @Override
    public boolean readInto(CompiledRequest request, CompiledCatalog compiled, long atMicros) {
        view.wrapTable(buffer, position);
        if (view.hasDocument() || view.explain() || view.atMicros() != Long.MIN_VALUE || !readIdentity()) {
            return false;
        }
        request.begin(ofBatch || view.hasProfile(), atMicros);
        request.context(bytes, view.context(), contextAsMap);
        return readContext(request) && readPlacements(request, compiled) && readExcluded(request, compiled);
    }

    private boolean readIdentity() {
        identityLengthBytes = 0;
        if (ofBatch || !view.hasProfile()) {
            return !view.hasProfile();
        }
        identity = named;
        if (!identity.readUsual(buffer, view.profileOffset(), view.profileLengthBytes())) {
            return false;
        }
        identityLengthBytes = identity.length();
        return true;
    }

    private boolean readContext(CompiledRequest request) {
        for (int i = 0; i < view.fieldCount(); i++) {
            final int nameLength = view.fieldNameLengthBytes(i);
            if (nameLength == 0 || !isAscii(view.fieldNameOffset(i), nameLength) || !isRightValue(i)) {
                return false;
            }
            if (isChannel(view.fieldNameOffset(i), nameLength)) {
                readChannel(i, request);
            }
        }
        return true;
    }

    private boolean isRightValue(int field) {
        return switch (view.fieldKind(field)) {
            case AttributeKind.Boolean, AttributeKind.Integer -> true;
            case AttributeKind.Double -> Double.isFinite(view.fieldDouble(field));
            case AttributeKind.String ->
                view.hasFieldText(field)
                        && view.fieldTextLengthBytes(field) <= DecisionLimits.CONTEXT_STRING_BYTES_MAX
                        && isAscii(view.fieldTextOffset(field), view.fieldTextLengthBytes(field));
            default -> false;
        };
    }

    private boolean isChannel(int offset, int length) {
        return Arrays.equals(bytes, offset, offset + length, CHANNEL, 0, CHANNEL.length);
    }

    private void readChannel(int field, CompiledRequest request) {
        switch (view.fieldKind(field)) {
            case AttributeKind.Boolean -> request.channel(view.fieldInteger(field) != 0);
            case AttributeKind.Integer -> request.channel(view.fieldInteger(field));
            case AttributeKind.Double -> request.channel(view.fieldDouble(field));
            default -> request.channel(bytes, view.fieldTextOffset(field), view.fieldTextLengthBytes(field));
        }
    }

    private boolean readPlacements(CompiledRequest request, CompiledCatalog compiled) {
        for (int i = 0; i < view.placementCount(); i++) {
            if (!request.addPlacement(
                    compiled, bytes, view.placementOffset(i), view.placementLengthBytes(i), view.offersWanted(i))) {
                return false;
            }
        }
        return view.placementCount() > 0;
    }

    private boolean readExcluded(CompiledRequest request, CompiledCatalog compiled) {
        for (int i = 0; i < view.excludedCount(); i++) {
            if (!isAscii(view.excludedOffset(i), view.excludedLengthBytes(i))) {
                return false;
            }
            request.exclude(compiled, bytes, view.excludedOffset(i), view.excludedLengthBytes(i));
        }
        return true;
    }

    /** Other text may be no UTF-8 at all, which is for others to say. */
    private boolean isAscii(int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public byte[] identity() {
        return identity.bytes();
    }

    @Override
    public int identityLengthBytes() {
        return identityLengthBytes;
    }

    @Override
    public DecisionRequest toRequest() {
        final DecideRequest request = new DecideRequest()
                .__assign(position, buffer.slice(0, lengthBytes).order(ByteOrder.LITTLE_ENDIAN));
        final DecisionRequest read = RequestReader.decide(request, catalog, nowMicros);
        return ofBatch ? read.of(identity.toIdentity()) : read;
    }

    private Map<String, Object> context() {
        return toRequest().context();
    }
}
