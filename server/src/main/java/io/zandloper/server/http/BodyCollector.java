package io.zandloper.server.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Collects the body of one request after the other, within a budget that all connections share. Belongs to the
 * connection's event loop; only the budget is shared.
 */
final class BodyCollector {
    private static final int CAPACITY_MIN = 1024;
    private static final byte[] EMPTY = new byte[0];

    /** Bytes that all collectors hold. */
    private final AtomicLong held;

    private byte[] bytes = EMPTY;
    private int length;
    private boolean tooLong;

    BodyCollector(AtomicLong held) {
        this.held = held;
    }

    /** False where the body is too long or the budget is spent; what has been collected stays until cleared. */
    boolean add(ByteBuf content) {
        final int added = content.readableBytes();
        tooLong = added > HttpLimits.BODY_BYTES_MAX - length;
        if (tooLong || !reserve(length + added)) {
            return false;
        }
        content.readBytes(bytes, length, added);
        length += added;
        return true;
    }

    /** Whether it was its length for which a piece was not added. */
    boolean isTooLong() {
        return tooLong;
    }

    /** The body; the collector is empty again. */
    byte[] take() {
        final byte[] body = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        clear();
        return body;
    }

    void clear() {
        held.addAndGet(-bytes.length);
        bytes = EMPTY;
        length = 0;
    }

    private boolean reserve(int needed) {
        if (needed <= bytes.length) {
            return true;
        }
        final int capacity =
                bytes.length == 0 ? needed : Math.max(needed, Math.min(2 * bytes.length, HttpLimits.BODY_BYTES_MAX));
        final int rounded = Math.max(CAPACITY_MIN, capacity);
        final int grown = rounded - bytes.length;
        if (held.addAndGet(grown) > HttpLimits.BODIES_BYTES_MAX) {
            held.addAndGet(-grown);
            return false;
        }
        bytes = Arrays.copyOf(bytes, rounded);
        return true;
    }
}
