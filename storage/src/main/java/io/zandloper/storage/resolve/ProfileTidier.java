package io.zandloper.storage.resolve;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What time has made of a profile: whether its row is to be judged anew, which memberships expired so long ago that no
 * reader can ask for them any more, and whether the whole profile has been idle for longer than the policies keep one.
 * Immutable; any thread.
 */
public final class ProfileTidier {
    /** How long an expired membership is kept, so that a reader's {@code at} is exact that far back. */
    public static final long EXPIRED_KEPT_MICROS = 30 * 86_400_000_000L;

    private final long retentionMicros;

    public ProfileTidier(Catalog catalog) {
        this.retentionMicros = catalog.policies().retentionMicros();
    }

    /** What is to be done with a profile. */
    public enum Kind {
        /** Nothing: not due, or not due any more. */
        NOTHING,
        /** {@link Tidying#profile()} is stored, its row judged anew; version and {@code updatedAt} are as before. */
        STORE,
        /** It has been idle for too long and goes with everything that is held of it. */
        GO
    }

    /** @param profile for {@link Kind#STORE}, else null */
    public record Tidying(Kind kind, @Nullable Profile profile) {
        private static final Tidying NOTHING = new Tidying(Kind.NOTHING, null);
        private static final Tidying GO = new Tidying(Kind.GO, null);
    }

    /**
     * Judges a profile.
     *
     * @param rowNextExpiryMicros until when its row is exact, {@link Times#NEVER} for ever
     * @param sequence the number the change gets if there is one
     */
    public Tidying tidy(Profile profile, long rowNextExpiryMicros, long nowMicros, long sequence) {
        if (isIdle(profile, nowMicros)) {
            return Tidying.GO;
        }
        final boolean rowIsDue = rowNextExpiryMicros <= nowMicros;
        if (!rowIsDue && !hasLongExpired(profile, nowMicros)) {
            return Tidying.NOTHING;
        }
        final SortedMap<String, Long> listed = new TreeMap<>(profile.listed());
        listed.values().removeIf(expiryMicros -> isLongExpired(expiryMicros, nowMicros));
        return new Tidying(
                Kind.STORE,
                new Profile(
                        profile.identities(),
                        profile.attributes(),
                        listed,
                        profile.scores(),
                        profile.consent(),
                        profile.history(),
                        profile.version(),
                        profile.updatedAtMicros(),
                        profile.createdSequence(),
                        sequence));
    }

    /**
     * False where {@link #isDue} is certain to be false, judged by what can be read of a record without decoding it.
     *
     * @param earliestExpiryMicros of any membership, {@link Times#NEVER} for none
     */
    public boolean mayBeDue(long updatedAtMicros, long earliestExpiryMicros, long nowMicros) {
        return isLongExpired(earliestExpiryMicros, nowMicros)
                || (letsIdleGo() && updatedAtMicros < nowMicros - retentionMicros);
    }

    /** Whether {@link #tidy} would find something to do although the profile's row is exact. */
    public boolean isDue(Profile profile, long nowMicros) {
        return isIdle(profile, nowMicros) || hasLongExpired(profile, nowMicros);
    }

    /** Whether the policies let idle profiles go at all. */
    public boolean letsIdleGo() {
        return retentionMicros >= 0;
    }

    private boolean isIdle(Profile profile, long nowMicros) {
        return letsIdleGo() && lastActiveMicros(profile, nowMicros) < nowMicros - retentionMicros;
    }

    /** Its document's last change or its newest event; an event of the future tells nothing of when it was sent. */
    private static long lastActiveMicros(Profile profile, long nowMicros) {
        long lastMicros = profile.updatedAtMicros();
        for (final Event event : profile.history().events()) {
            if (event.atMicros() <= nowMicros) {
                lastMicros = Math.max(lastMicros, event.atMicros());
            }
        }
        for (final long convertMicros : profile.history().lastConverts().values()) {
            if (convertMicros <= nowMicros) {
                lastMicros = Math.max(lastMicros, convertMicros);
            }
        }
        return lastMicros;
    }

    private static boolean hasLongExpired(Profile profile, long nowMicros) {
        for (final long expiryMicros : profile.listed().values()) {
            if (isLongExpired(expiryMicros, nowMicros)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLongExpired(long expiryMicros, long nowMicros) {
        return expiryMicros != Times.NEVER && expiryMicros <= nowMicros - EXPIRED_KEPT_MICROS;
    }
}
