package dev.millrace.transform.landing.change;

import dev.millrace.transform.landing.row.MalformedValueException;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The schemas that stand beside payloads, by their bytes. Thousands of records have the same one
 * before them, so that it is compared and not read.
 */
final class ConnectSchemas {

    private static final int MOST = 64;
    private static final byte[] BEGIN = "{\"schema\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MIDDLE = ",\"payload\":".getBytes(StandardCharsets.US_ASCII);

    private final JsonMapper mapper = JsonMapper.builder().build();

    /** Those used last stand first. */
    private final List<Known> known = new ArrayList<>();

    /** A schema, and the JSON that it is written in. */
    static final class Known {

        private final byte[] bytes;
        private final ConnectSchema schema;

        Known(byte[] bytes, ConnectSchema schema) {
            this.bytes = bytes;
            this.schema = schema;
        }

        ConnectSchema schema() {
            return schema;
        }

        /** Where the payload begins in a record that this schema stands before. */
        int payload() {
            return BEGIN.length + bytes.length + MIDDLE.length;
        }

        private boolean begins(byte[] record) {
            int end = BEGIN.length + bytes.length;
            return record.length > end + MIDDLE.length
                    && equal(record, end, MIDDLE)
                    && equal(record, BEGIN.length, bytes);
        }

        private static boolean equal(byte[] record, int at, byte[] part) {
            return Arrays.equals(record, at, at + part.length, part, 0, part.length);
        }
    }

    /** The schema that a record begins with, if it is known and stands as the converter puts it. */
    @Nullable Known before(byte[] record) {
        if (record.length < BEGIN.length || !Known.equal(record, 0, BEGIN)) {
            return null;
        }
        for (int i = 0; i < known.size(); i++) {
            Known candidate = known.get(i);
            if (candidate.begins(record)) {
                toFront(i);
                return candidate;
            }
        }
        return null;
    }

    /** The schema that stands in a part of a record. */
    ConnectSchema read(byte[] record, Envelope.Range range) throws MalformedValueException {
        byte[] bytes = Arrays.copyOfRange(record, range.from(), range.to());
        for (int i = 0; i < known.size(); i++) {
            if (Arrays.equals(known.get(i).bytes, bytes)) {
                toFront(i);
                return known.getFirst().schema();
            }
        }
        try {
            ConnectSchema schema = ConnectSchema.of(mapper.readTree(bytes));
            if (known.size() == MOST) {
                known.removeLast();
            }
            known.addFirst(new Known(bytes, schema));
            return schema;
        } catch (JacksonException e) {
            throw new MalformedValueException("no schema of Kafka Connect: " + e.getMessage());
        }
    }

    private void toFront(int index) {
        if (index > 0) {
            known.addFirst(known.remove(index));
        }
    }
}
