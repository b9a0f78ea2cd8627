package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.zandloper.protocol.Status;
import io.zandloper.storage.LookupBatch;
import io.zandloper.storage.View;
import io.zandloper.storage.profile.InvalidInputException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Some identities that are looked up together, so that what each look-up waits for in memory is waited for once. Filled
 * again and again by one event loop; allocates nothing for usual identities.
 */
final class ProfileGroup {
    /** Enough to fill the time of a cache miss; what they read stays in the first cache until it is used. */
    static final int CAPACITY = 64;

    private static final byte[] NO_IDENTITY = new byte[0];

    private final LookupBatch lookups = new LookupBatch(CAPACITY);
    private final IdentityBytes[] identities = new IdentityBytes[CAPACITY];
    private final Status[] statuses = new Status[CAPACITY];

    ProfileGroup() {
        for (int i = 0; i < CAPACITY; i++) {
            identities[i] = new IdentityBytes();
        }
    }

    void clear() {
        lookups.clear();
    }

    int length() {
        return lookups.length();
    }

    /**
     * Adds one, in whatever spelling.
     *
     * @param bit of a segment that will be tested, 0 for none
     */
    void add(ByteBuffer from, int offset, int lengthBytes, int bit) {
        final int index = lookups.length();
        final IdentityBytes identity = identities[index];
        statuses[index] = read(identity, from, offset, lengthBytes);
        if (statuses[index] == Status.OK) {
            lookups.add(identity.bytes(), 0, identity.length(), bit);
        } else {
            lookups.add(NO_IDENTITY, 0, 0, 0);
        }
    }

    /** Adds a usual one; false is no verdict on any other, which is not added. */
    boolean addUsual(ByteBuf from, int offset, int lengthBytes) {
        final int index = lookups.length();
        final IdentityBytes identity = identities[index];
        if (!identity.readUsual(from, offset, lengthBytes)) {
            return false;
        }
        statuses[index] = Status.OK;
        lookups.add(identity.bytes(), 0, identity.length(), 0);
        return true;
    }

    private static Status read(IdentityBytes identity, ByteBuffer from, int offset, int lengthBytes) {
        try {
            identity.read(from, offset, lengthBytes, "profiles");
            return Status.OK;
        } catch (InvalidInputException noIdentity) {
            return Status.INPUT_INVALID;
        } catch (RequestException noText) {
            return noText.status();
        }
    }

    /** Looks all of them up. */
    void find(View view) {
        view.find(lookups);
    }

    /** OK, or what is wrong with an identity. */
    Status status(int index) {
        return statuses[Objects.checkIndex(index, lookups.length())];
    }

    /** One that is OK. */
    IdentityBytes identity(int index) {
        return identities[Objects.checkIndex(index, lookups.length())];
    }

    /** The profile that has an identity that is OK, or {@link View#NOBODY}; as long as the view is open that found it. */
    int ordinal(int index) {
        return lookups.ordinal(index);
    }
}
