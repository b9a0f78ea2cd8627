package io.zandloper.storage.profile;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * One way to name a person, {@code namespace:value}, in canonical form: namespace in lower case; in a namespace that
 * ends in {@code _sha256} the value is 32 bytes in lower-case hex, whichever spelling came in. Equal persons are equal
 * objects.
 */
public record Identity(String namespace, String value) {
    private static final int SHA256_BYTES = 32;

    /**
     * Reads an identity as a caller wrote it.
     *
     * @throws InvalidInputException with the path {@code field} and what is wrong
     */
    public static Identity parse(String text, String field) {
        final int colon = text.indexOf(':');
        if (colon < 0) {
            throw new InvalidInputException(field, "an identity is namespace:value, there is no ':'");
        }
        final String namespace = text.substring(0, colon).toLowerCase(Locale.ROOT);
        final String value = text.substring(colon + 1);
        if (!isNamespace(namespace)) {
            throw new InvalidInputException(field, "the namespace of an identity is 1-32 of [a-z0-9_.-]");
        }
        checkValue(value, field);
        return new Identity(namespace, namespace.endsWith("_sha256") ? canonicalSha256(value, field) : value);
    }

    /** The canonical text, {@code namespace:value}. */
    public String text() {
        return namespace + ":" + value;
    }

    /** The canonical text in UTF-8: what is hashed and stored. */
    public byte[] utf8() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    /** Splits a text that {@link #text()} made. */
    public static Identity ofCanonical(String text) {
        final int colon = text.indexOf(':');
        return new Identity(text.substring(0, colon), text.substring(colon + 1));
    }

    public static boolean isNamespace(String namespace) {
        if (namespace.isEmpty() || namespace.length() > ProfileLimits.NAMESPACE_LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < namespace.length(); i++) {
            final char c = namespace.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-')) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text();
    }

    private static void checkValue(String value, String field) {
        if (value.isEmpty()) {
            throw new InvalidInputException(field, "the value of an identity is empty");
        }
        if (!Text.isEncodable(value)) {
            throw new InvalidInputException(field, "the value of an identity is not valid Unicode");
        }
        if (Text.utf8Length(value) > ProfileLimits.IDENTITY_VALUE_BYTES_MAX) {
            throw new InvalidInputException(field, "the value of an identity is longer than 256 bytes");
        }
        if (value.codePoints().anyMatch(c -> Character.getType(c) == Character.CONTROL)) {
            throw new InvalidInputException(field, "the value of an identity has a control character");
        }
    }

    private static String canonicalSha256(String value, String field) {
        final byte[] digest = decodeSha256(value);
        if (digest == null || digest.length != SHA256_BYTES) {
            throw new InvalidInputException(field, "a _sha256 identity is 32 bytes in hex or Base64");
        }
        return HexFormat.of().formatHex(digest);
    }

    private static byte @org.jspecify.annotations.Nullable [] decodeSha256(String value) {
        try {
            if (value.length() == 2 * SHA256_BYTES) {
                return HexFormat.of().parseHex(value);
            }
            return Base64.getDecoder().decode(value.replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException notInThisAlphabet) {
            return null;
        }
    }
}
