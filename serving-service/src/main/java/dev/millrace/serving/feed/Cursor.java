package dev.millrace.serving.feed;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Up to where a reader has read a relation. Readers get it as a text that means nothing to them,
 * and bring it back; as it is only a place in what they may read anyway, it needs no signature.
 *
 * @param relation schema and name, joined by a dot
 * @param oid the table that the place is in
 */
record Cursor(String relation, long oid, Place place) {

    /** Of Base64; names of relations and keys are shorter. */
    private static final int LONGEST = 4_096;

    private static final int FORM = 1;
    private static final String SNAPSHOT = "s";
    private static final String CHANGES = "c";
    private static final int SNAPSHOT_PARTS = 9;
    private static final int CHANGES_PARTS = 9;

    /** A place in a table, or in its changes. */
    sealed interface Place permits Snapshot, Changes {}

    /**
     * In the rows that the table had when somebody began to read: what changed since comes after
     * all of them.
     *
     * @param file the table's storage, in which rows stay where they are
     * @param version the relation's, as it was then
     * @param part the partition; 0 before the first
     * @param block where in it the last row stood that was read
     * @param item which of the block's it was
     */
    record Snapshot(long file, long version, long part, long block, int item) implements Place {

        static Snapshot from(long file, long version) {
            return new Snapshot(file, version, 0, 0, 0);
        }
    }

    /**
     * In the changes, in the order of commits.
     *
     * @param version all up to this one were read
     * @param window up to which one changes of the same key are told as one; 0 if that is open
     * @param atVersion the change in the middle of which the last row was read; 0 if in none
     * @param atKey the row
     * @param block where later rows may stand in the table
     */
    record Changes(long version, long window, long atVersion, @Nullable String atKey, long block)
            implements Place {

        static Changes after(long version) {
            return new Changes(version, 0, 0, null, 0);
        }
    }

    /** As readers get it. */
    String text() {
        ArrayNode parts = JsonMapper.shared().createArrayNode().add(FORM).add(relation).add(oid);
        switch (place) {
            case Snapshot(long file, long version, long part, long block, int item) ->
                    parts.add(SNAPSHOT).add(file).add(version).add(part).add(block).add(item);
            case Changes(
                            long version,
                            long window,
                            long atVersion,
                            @Nullable String atKey,
                            long block) ->
                    parts.add(CHANGES)
                            .add(version)
                            .add(window)
                            .add(atVersion)
                            .add(atKey)
                            .add(block);
        }
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(parts.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The cursor of a text; nothing if it is none. */
    static Optional<Cursor> parse(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            String json =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            Optional<Cursor> cursor = read(JsonMapper.shared().readTree(json));
            // Another text for the same place is none that anybody was given.
            return cursor.filter(parsed -> parsed.text().equals(text));
        } catch (IllegalArgumentException | CharacterCodingException | JacksonException e) {
            return Optional.empty();
        }
    }

    private static Optional<Cursor> read(JsonNode parts) {
        if (!parts.isArray() || parts.size() < 4 || !parts.get(1).isString()) {
            return Optional.empty();
        }
        String relation = parts.get(1).stringValue();
        long oid = number(parts.get(2));
        String kind = parts.get(3).asString("");
        if (number(parts.get(0)) != FORM) {
            return Optional.empty();
        }
        if (kind.equals(SNAPSHOT) && parts.size() == SNAPSHOT_PARTS) {
            Snapshot snapshot =
                    new Snapshot(
                            number(parts.get(4)),
                            number(parts.get(5)),
                            number(parts.get(6)),
                            number(parts.get(7)),
                            Math.toIntExact(Math.min(number(parts.get(8)), 0xFFFF)));
            return Optional.of(new Cursor(relation, oid, snapshot))
                    .filter(_ -> isSound(oid, snapshot));
        }
        if (kind.equals(CHANGES) && parts.size() == CHANGES_PARTS) {
            JsonNode key = parts.get(7);
            if (!key.isNull() && !key.isString()) {
                return Optional.empty();
            }
            Changes changes =
                    new Changes(
                            number(parts.get(4)),
                            number(parts.get(5)),
                            number(parts.get(6)),
                            key.isNull() ? null : key.stringValue(),
                            number(parts.get(8)));
            return Optional.of(new Cursor(relation, oid, changes))
                    .filter(_ -> isSound(oid, changes));
        }
        return Optional.empty();
    }

    private static long number(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : -1;
    }

    private static boolean isSound(long oid, Snapshot place) {
        return isOid(oid)
                && isOid(place.file())
                && isOid(place.part())
                && isOid(place.block())
                && place.version() >= 0
                && place.item() >= 0;
    }

    private static boolean isSound(long oid, Changes place) {
        String key = place.atKey();
        return isOid(oid)
                && isOid(place.block())
                && place.version() >= 0
                && (place.window() == 0 || place.window() > place.version())
                && (key == null
                        ? place.atVersion() == 0
                        : place.atVersion() > place.version() && key.indexOf('\0') < 0);
    }

    /** Numbers of 32 bits, as those of tables and blocks. */
    private static boolean isOid(long number) {
        return number >= 0 && number <= 0xFFFF_FFFFL;
    }
}
