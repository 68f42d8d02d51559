package dev.millrace.contracts.record;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as clients of the Segment API write them, and corrected for their clocks. */
public final class ClientTimes {

    private static final Pattern ISO =
            Pattern.compile(
                    "(\\d{4})-?(\\d{2})-?(\\d{2})"
                        + "(?:(?:[Tt]|\\s+)(\\d{2}):?(\\d{2})(?::?(\\d{2})(?:[.,](\\d{1,18}))?)?"
                        + "\\s*([Zz]|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)?)?");
    private static final Pattern EPOCH = Pattern.compile("-?\\d{9,19}(?:\\.\\d{1,9})?");

    /** Values below are seconds, milliseconds, microseconds; all of them mean years up to 5138. */
    private static final BigDecimal MAX_SECONDS = BigDecimal.TEN.pow(11);

    private static final BigDecimal MAX_MILLIS = BigDecimal.TEN.pow(14);
    private static final BigDecimal MAX_MICROS = BigDecimal.TEN.pow(17);
    private static final BigDecimal MAX_NANOS = BigDecimal.TEN.pow(20);
    private static final int MAX_DIGITS = 40;

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private ClientTimes() {}

    /**
     * When it happened by the clock that {@code receivedAt} is of: {@code receivedAt - (sentAt -
     * original)}. Without {@code sentAt} the client's clock has to be believed, without a time of
     * the event it is now.
     */
    public static Instant corrected(
            @Nullable Instant original, @Nullable Instant sentAt, Instant receivedAt) {
        if (original == null) {
            return receivedAt;
        }
        if (sentAt == null) {
            return original;
        }
        Instant corrected = receivedAt.minus(Duration.between(original, sentAt));
        return isRepresentable(corrected) ? corrected : receivedAt;
    }

    /** Reads a time that is written as text: ISO 8601 in its many forms, RFC 1123, or a number. */
    public static Optional<Instant> ofText(String written) {
        String text = written.strip();
        try {
            Matcher iso = ISO.matcher(text);
            if (iso.matches()) {
                return Optional.of(ofIso(iso)).filter(ClientTimes::isRepresentable);
            }
            if (EPOCH.matcher(text).matches()) {
                return ofEpoch(text);
            }
            return Optional.of(
                            OffsetDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant())
                    .filter(ClientTimes::isRepresentable);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Instant ofIso(Matcher iso) {
        String fraction = iso.group(7);
        LocalDateTime local =
                LocalDateTime.of(
                        Integer.parseInt(iso.group(1)),
                        Integer.parseInt(iso.group(2)),
                        Integer.parseInt(iso.group(3)),
                        number(iso.group(4)),
                        number(iso.group(5)),
                        number(iso.group(6)),
                        fraction == null ? 0 : nanos(fraction));
        return local.toInstant(offset(iso.group(8)));
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static int nanos(String fraction) {
        return Integer.parseInt((fraction + "00000000").substring(0, 9));
    }

    private static ZoneOffset offset(@Nullable String zone) {
        return zone == null || zone.matches("[Zz]|UTC|GMT") ? ZoneOffset.UTC : ZoneOffset.of(zone);
    }

    /** Reads a number of seconds since 1970, or of thousandths and less of them. */
    public static Optional<Instant> ofEpoch(String digits) {
        if (digits.length() > MAX_DIGITS) {
            return Optional.empty();
        }
        try {
            BigDecimal number = new BigDecimal(digits);
            if (Math.abs(number.scale()) > MAX_DIGITS) {
                // To round a number such as 1e-999999999 would take all memory there is.
                return Optional.empty();
            }
            BigDecimal size = number.abs();
            if (size.compareTo(MAX_NANOS) >= 0) {
                return Optional.empty();
            }
            int decimals =
                    size.compareTo(MAX_SECONDS) < 0
                            ? 0
                            : size.compareTo(MAX_MILLIS) < 0
                                    ? 3
                                    : size.compareTo(MAX_MICROS) < 0 ? 6 : 9;
            BigDecimal seconds = number.movePointLeft(decimals);
            BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
            long nanos =
                    seconds.subtract(whole)
                            .movePointRight(9)
                            .setScale(0, RoundingMode.DOWN)
                            .longValueExact();
            return Optional.of(Instant.ofEpochSecond(whole.longValueExact(), nanos))
                    .filter(ClientTimes::isRepresentable);
        } catch (NumberFormatException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static boolean isRepresentable(Instant instant) {
        return !instant.isBefore(FIRST) && !instant.isAfter(LAST);
    }
}
