package io.zandloper.server.http;

import java.nio.charset.StandardCharsets;

/** Text for paths. */
final class Encoded {
    private Encoded() {}

    /** Every byte that is no letter or digit as %XX. */
    static String path(String text) {
        final StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b > 0 && Character.isLetterOrDigit(b)) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(String.format("%02X", b & 0xFF));
            }
        }
        return encoded.toString();
    }
}
