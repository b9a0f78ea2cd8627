package io.zandloper.protocol.client;

/**
 * A listed segment a profile is in.
 *
 * @param expiresMicros microseconds since 1970 UTC before which it holds, {@link #NEVER} where it does not end
 */
public record Membership(String segment, long expiresMicros) {
    public static final long NEVER = Long.MAX_VALUE;

    public static Membership of(String segment) {
        return new Membership(segment, NEVER);
    }
}
