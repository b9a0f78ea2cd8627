package io.zandloper.server.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Who the server is, and whom it admits.
 *
 * @param name with the version
 * @param credentials what hello has to say; null where nobody is asked
 */
record ServerIdentity(String name, @Nullable String credentials) {
    /** Takes as long for nearly right credentials as for wrong ones. */
    boolean admits(@Nullable String said) {
        return credentials == null
                || (said != null
                        && MessageDigest.isEqual(
                                credentials.getBytes(StandardCharsets.UTF_8), said.getBytes(StandardCharsets.UTF_8)));
    }
}
