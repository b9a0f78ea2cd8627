package io.zandloper.server.http;

import java.time.Duration;

/**
 * How long the HTTP port waits for its clients.
 *
 * @param idle without a byte either way; then a connection is closed, with 408 where a request had begun
 * @param head for a request's head, from its first byte
 * @param body for a body that is not streamed
 */
record HttpTimeouts(Duration idle, Duration head, Duration body) {
    /**
     * Idle is longer than the keep-alive of usual proxies and clients; the body's time is that of 8 MiB over a bad mobile
     * network.
     */
    static final HttpTimeouts DEFAULT =
            new HttpTimeouts(Duration.ofSeconds(75), Duration.ofSeconds(15), Duration.ofSeconds(120));
}
