package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.zandloper.protocol.Status;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.ProfileLimits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * An identity's canonical bytes, from the bytes a caller sent. The usual ones, ASCII and canonical as they stand, are
 * copied and allocate nothing; all others go the long way over {@link Identity#parse}. Used again and again by one thread.
 */
final class IdentityBytes {
    private static final byte[] SHA256_SUFFIX = "_sha256".getBytes(StandardCharsets.US_ASCII);
    private static final int BYTES_MAX =
            ProfileLimits.NAMESPACE_LENGTH_MAX + 1 + ProfileLimits.IDENTITY_VALUE_BYTES_MAX;

    private final byte[] usual = new byte[BYTES_MAX];
    private byte[] bytes = usual;
    private int length;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /**
     * Reads one.
     *
     * @param field what an error calls it
     * @throws io.zandloper.storage.profile.InvalidInputException where it is none
     */
    void read(ByteBuffer from, int offset, int lengthBytes, String field) {
        if (!readUsual(from, offset, lengthBytes)) {
            bytes = Identity.parse(text(from, offset, lengthBytes), field).utf8();
            length = bytes.length;
        }
    }

    Identity toIdentity() {
        return Identity.ofCanonical(new String(bytes, 0, length, StandardCharsets.UTF_8));
    }

    /** Reads a usual one; false is no verdict on any other. */
    boolean readUsual(ByteBuffer from, int offset, int lengthBytes) {
        if (lengthBytes > BYTES_MAX) {
            return false;
        }
        from.get(offset, usual, 0, lengthBytes);
        return isUsual(lengthBytes);
    }

    /** The same from elsewhere. */
    boolean readUsual(ByteBuf from, int offset, int lengthBytes) {
        if (lengthBytes < 0 || lengthBytes > BYTES_MAX) {
            return false;
        }
        from.getBytes(offset, usual, 0, lengthBytes);
        return isUsual(lengthBytes);
    }

    private boolean isUsual(int lengthBytes) {
        if (!isCanonical(usual, lengthBytes)) {
            return false;
        }
        bytes = usual;
        length = lengthBytes;
        return true;
    }

    /** Whether the bytes are surely an identity in canonical form; false is no verdict. */
    private static boolean isCanonical(byte[] bytes, int length) {
        int colon = 0;
        while (colon < length && isOfNamespace(bytes[colon])) {
            colon++;
        }
        final int valueLength = length - colon - 1;
        if (colon == 0
                || colon > ProfileLimits.NAMESPACE_LENGTH_MAX
                || valueLength < 1
                || valueLength > ProfileLimits.IDENTITY_VALUE_BYTES_MAX
                || bytes[colon] != ':'
                || endsWithSha256(bytes, colon)) {
            return false;
        }
        for (int i = colon + 1; i < length; i++) {
            if (bytes[i] < ' ' || bytes[i] == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOfNamespace(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '_' || b == '.' || b == '-';
    }

    private static boolean endsWithSha256(byte[] bytes, int end) {
        final int start = end - SHA256_SUFFIX.length;
        return start >= 0 && java.util.Arrays.equals(bytes, start, end, SHA256_SUFFIX, 0, SHA256_SUFFIX.length);
    }

    private static String text(ByteBuffer from, int offset, int lengthBytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(from.slice(offset, lengthBytes))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw new RequestException(Status.BODY_INVALID, "text that is not UTF-8");
        }
    }
}
