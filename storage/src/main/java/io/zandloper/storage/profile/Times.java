package io.zandloper.storage.profile;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** Times as microseconds since 1970 UTC, durations as microseconds; the contract's spellings of both. */
public final class Times {
    /** The expiry of what does not expire. */
    public static final long NEVER = Long.MAX_VALUE;

    /** 0000-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z: RFC 3339 has no other years. */
    private static final long EARLIEST_MICROS = -62_167_219_200_000_000L;

    private static final long LATEST_MICROS = 253_402_300_799_999_999L;
    private static final long MICROS_PER_SECOND = 1_000_000L;
    private static final int NANOS_PER_MICRO = 1_000;
    private static final Pattern RFC3339 = Pattern.compile(
            "\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern DURATION =
            Pattern.compile("P(?!$)(\\d{1,7}D)?(T(?=\\d)(\\d{1,9}H)?(\\d{1,9}M)?(\\d{1,9}(\\.\\d{1,9})?S)?)?");

    private Times() {}

    /**
     * Reads an RFC 3339 time; what is finer than a microsecond is dropped.
     *
     * @throws InvalidInputException with the path {@code field}
     */
    public static long parseTime(String text, String field) {
        if (RFC3339.matcher(text).matches()) {
            try {
                return micros(OffsetDateTime.parse(text).toInstant());
            } catch (DateTimeParseException outOfRange) {
                // falls through to the one error below
            }
        }
        throw new InvalidInputException(field, "not an RFC 3339 time such as 2026-11-01T12:00:00Z");
    }

    /** Whether it can be written as RFC 3339. */
    public static boolean isTime(long micros) {
        return micros >= EARLIEST_MICROS && micros <= LATEST_MICROS;
    }

    /** The time as RFC 3339 UTC with as many digits as it needs. */
    public static String formatTime(long micros) {
        return DateTimeFormatter.ISO_INSTANT.format(instant(micros));
    }

    /**
     * Reads an ISO 8601 duration in days and below; a day is 24 hours.
     *
     * @throws InvalidInputException with the path {@code field}
     */
    public static long parseDuration(String text, String field) {
        if (DURATION.matcher(text).matches()) {
            try {
                final Duration duration = Duration.parse(text);
                return Math.addExact(
                        Math.multiplyExact(duration.getSeconds(), MICROS_PER_SECOND),
                        duration.getNano() / NANOS_PER_MICRO);
            } catch (DateTimeParseException | ArithmeticException outOfRange) {
                // falls through to the one error below
            }
        }
        throw new InvalidInputException(field, "not an ISO 8601 duration in days and below such as P14D or PT30S");
    }

    /** The duration as it would be written, in days and below: {@code P14D}, {@code P1DT12H}, {@code PT0.5S}. */
    public static String formatDuration(long micros) {
        final Duration duration = Duration.of(micros, ChronoUnit.MICROS);
        final String ofDays = "P" + duration.toDays() + "D";
        final Duration rest = duration.minusDays(duration.toDays());
        if (duration.toDays() == 0) {
            return rest.toString();
        }
        return rest.isZero() ? ofDays : ofDays + rest.toString().substring(1);
    }

    public static long micros(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND), instant.getNano() / NANOS_PER_MICRO);
    }

    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * NANOS_PER_MICRO);
    }
}
