package dev.millrace.transform.landing.change;

import dev.millrace.transform.landing.row.MalformedValueException;
import dev.millrace.transform.landing.row.Position;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** What Debezium says under {@code source} of where a change comes from. */
final class SourceBlock {

    private static final long MICROS_PER_MILLI = 1_000;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long MILLIS_PER_SECOND = 1_000;

    /** Three numbers each for the commit and the change, and one for the event. */
    private static final int PARTS_OF_LSN = 3;

    private String connector = "";
    private long millis;
    private long micros;
    private long nanos;
    private @Nullable String lsn;
    private @Nullable String sequence;
    private @Nullable String file;
    private long pos;
    private long row;
    private @Nullable String commitLsn;
    private @Nullable String changeLsn;
    private long serial;
    private @Nullable String scn;
    private long order;

    void clear() {
        connector = "";
        millis = 0;
        micros = 0;
        nanos = 0;
        lsn = null;
        sequence = null;
        file = null;
        pos = 0;
        row = 0;
        commitLsn = null;
        changeLsn = null;
        serial = 0;
        scn = null;
        order = 0;
    }

    /** Reads the object that the parser stands at the beginning of. */
    void read(JsonParser parser) {
        String name;
        while ((name = parser.nextName()) != null) {
            JsonToken token = parser.nextToken();
            switch (name) {
                case "connector" -> connector = text(parser, token);
                case "ts_ms" -> millis = number(parser, token);
                case "ts_us" -> micros = number(parser, token);
                case "ts_ns" -> nanos = number(parser, token);
                case "lsn" -> lsn = scalar(parser, token);
                case "sequence" -> sequence = scalar(parser, token);
                case "file" -> file = scalar(parser, token);
                case "pos" -> pos = number(parser, token);
                case "row" -> row = number(parser, token);
                case "commit_lsn" -> commitLsn = scalar(parser, token);
                case "change_lsn" -> changeLsn = scalar(parser, token);
                case "event_serial_no" -> serial = number(parser, token);
                case "scn" -> scn = scalar(parser, token);
                case "ord" -> order = number(parser, token);
                default -> parser.skipChildren();
            }
        }
    }

    /** When the change was committed, in microseconds since 1970; 0 if it is not said. */
    long eventAt() {
        if (micros != 0) {
            return micros;
        }
        return nanos != 0 ? Math.floorDiv(nanos, NANOS_PER_MICRO) : millis * MICROS_PER_MILLI;
    }

    /** Whether documents are sent, of which one has other fields than the next. */
    boolean hasDocuments() {
        return connector.equals("mongodb");
    }

    Position position(long generation, long offset) throws MalformedValueException {
        try {
            return switch (connector) {
                case "mysql", "mariadb" -> mySql(generation, offset);
                case "sqlserver" -> sqlServer(generation, offset);
                case "oracle" ->
                        place(generation, scn == null ? 0 : Long.parseLong(scn), 0, false, offset);
                case "mongodb" ->
                        place(
                                generation,
                                Math.floorDiv(millis, MILLIS_PER_SECOND),
                                order,
                                false,
                                offset);
                case "postgresql" -> postgres(generation, offset);
                default -> Position.ofOffset(generation, offset);
            };
        } catch (NumberFormatException e) {
            throw new MalformedValueException(
                    "the position under 'source' is none that the connector '%s' writes: %s"
                            .formatted(connector, e.getMessage()));
        }
    }

    private static Position place(
            long generation, long first, long second, boolean exact, long offset) {
        return Position.ofLog(generation, new long[] {first, second}, exact, offset);
    }

    /**
     * PostgreSQL writes changes to its log when they happen, and Debezium reads them when they are
     * committed. A snapshot in between does not see them, and has a later place in the log than
     * they have: so a change counts from the last commit before its own, if that is later.
     */
    private Position postgres(long generation, long offset) {
        // A snapshot may know no place; what the log has is then newer.
        long change = lsn == null ? 0 : Long.parseLong(lsn);
        return place(generation, Math.max(change, lastCommit()), change, lsn != null, offset);
    }

    /** The first of the two in {@code ["24023119","24023128"]}; 0 if there is none. */
    private long lastCommit() {
        if (sequence == null) {
            return 0;
        }
        int end = sequence.indexOf(',');
        String first = end < 0 ? "" : sequence.substring(0, end).replaceAll("[\\[\" ]", "");
        return first.isEmpty() || first.equals("null") ? 0 : Long.parseLong(first);
    }

    private Position mySql(long generation, long offset) {
        long number = file == null ? 0 : fileNumber(file);
        return Position.ofLog(generation, new long[] {number, pos, row}, file != null, offset);
    }

    private Position sqlServer(long generation, long offset) {
        long[] place = new long[2 * PARTS_OF_LSN + 1];
        putLsn(place, 0, commitLsn);
        putLsn(place, PARTS_OF_LSN, changeLsn);
        place[2 * PARTS_OF_LSN] = serial;
        return Position.ofLog(generation, place, changeLsn != null, offset);
    }

    /** As {@code 00000027:00000758:0003}. */
    private static void putLsn(long[] place, int at, @Nullable String lsn) {
        if (lsn == null) {
            return;
        }
        String[] parts = lsn.split(":", -1);
        if (parts.length != PARTS_OF_LSN) {
            throw new NumberFormatException(lsn);
        }
        for (int i = 0; i < PARTS_OF_LSN; i++) {
            place[at + i] = Long.parseLong(parts[i], 16);
        }
    }

    /** Of {@code mysql-bin.000003}. */
    private static long fileNumber(String file) {
        return Long.parseLong(file.substring(file.lastIndexOf('.') + 1));
    }

    private static String text(JsonParser parser, JsonToken token) {
        String scalar = scalar(parser, token);
        return scalar == null ? "" : scalar;
    }

    private static @Nullable String scalar(JsonParser parser, JsonToken token) {
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
            parser.skipChildren();
            return null;
        }
        return token == JsonToken.VALUE_NULL ? null : parser.getString();
    }

    private static long number(JsonParser parser, JsonToken token) {
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return parser.getLongValue();
        }
        parser.skipChildren();
        return 0;
    }
}
