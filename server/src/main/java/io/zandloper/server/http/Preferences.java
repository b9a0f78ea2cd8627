package io.zandloper.server.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Locale;

/**
 * The {@code Prefer} header (RFC 7240), as far as it is known here; the rest is ignored, as preferences are.
 *
 * @param respondAsync answer before the change is done
 * @param waitMillis how long the request may wait for its minimum sequence
 */
record Preferences(boolean respondAsync, int waitMillis) {
    private static final String WAIT = "wait=";

    static Preferences of(HttpHeaders headers) {
        boolean respondAsync = false;
        int waitMillis = HttpLimits.SEQUENCE_WAIT_MILLIS_DEFAULT;
        for (String value : headers.getAll("Prefer")) {
            for (String preference : value.toLowerCase(Locale.ROOT).split("[,;]", -1)) {
                final String token = preference.trim();
                if (token.equals("respond-async")) {
                    respondAsync = true;
                } else if (token.matches("wait=\\d{1,6}")) {
                    waitMillis = Math.min(
                            HttpLimits.SEQUENCE_WAIT_MILLIS_MAX,
                            1_000 * Integer.parseInt(token.substring(WAIT.length())));
                }
            }
        }
        return new Preferences(respondAsync, waitMillis);
    }
}
