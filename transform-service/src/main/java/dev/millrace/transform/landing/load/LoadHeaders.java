package dev.millrace.transform.landing.load;

import dev.millrace.contracts.record.MalformedRecordException;
import dev.millrace.contracts.record.RecordHeaders;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** What the headers of a record say of its load. */
public final class LoadHeaders {

    private static final int MAX_LENGTH = 200;
    private static final int MAX_DIGITS = 15;

    private LoadHeaders() {}

    /**
     * The name of the record's load: printable ASCII, so that it sorts the same everywhere.
     *
     * @param header finds a header by its name
     * @throws MalformedRecordException if there is none, or it is no name
     */
    public static String load(Function<String, byte @Nullable []> header) {
        byte[] load = header.apply(RecordHeaders.LOAD);
        if (load == null) {
            throw new MalformedRecordException(
                    "the stream is replaced load by load, and the record has no header %s that says"
                                    .formatted(RecordHeaders.LOAD)
                            + " which load it is of");
        }
        if (load.length == 0 || load.length > MAX_LENGTH || !isPrintable(load)) {
            throw new MalformedRecordException(
                    "the header %s is no name of a load, which has 1 to %d printable ASCII characters"
                            .formatted(RecordHeaders.LOAD, MAX_LENGTH));
        }
        return new String(load, StandardCharsets.US_ASCII);
    }

    /**
     * How many records with a value the load has; null if the record does not tell.
     *
     * @throws MalformedRecordException if it tells no number
     */
    public static @Nullable Long count(Function<String, byte @Nullable []> header) {
        byte[] count = header.apply(RecordHeaders.LOAD_COUNT);
        return count == null ? null : number(count);
    }

    private static boolean isPrintable(byte[] text) {
        for (byte character : text) {
            if (character <= ' ' || character > '~') {
                return false;
            }
        }
        return true;
    }

    private static long number(byte[] digits) {
        boolean isNumber = digits.length > 0 && digits.length <= MAX_DIGITS;
        for (byte digit : digits) {
            isNumber &= digit >= '0' && digit <= '9';
        }
        if (!isNumber) {
            throw new MalformedRecordException(
                    "the header %s is no number of records, which has 1 to %d digits"
                            .formatted(RecordHeaders.LOAD_COUNT, MAX_DIGITS));
        }
        return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
    }
}
