package dev.millrace.transform.landing.change;

import dev.millrace.transform.landing.row.Arrival;
import dev.millrace.transform.landing.row.ChangeLayout;
import dev.millrace.transform.landing.row.ContractViolationException;
import dev.millrace.transform.landing.row.MalformedValueException;
import dev.millrace.transform.landing.row.Operation;
import dev.millrace.transform.landing.row.Position;
import dev.millrace.transform.landing.row.ValueReader;
import dev.millrace.transform.landing.row.ValueSchema;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/** Reads records into the changes of a {@link ChangeLayout}. */
public final class ChangeReader {

    private static final String MESSAGE = "m";
    private static final long MICROS_PER_MILLI = 1_000;

    private final ValueReader values;
    private final ConnectSchemas schemas = new ConnectSchemas();
    private final ConnectSchemas keySchemas = new ConnectSchemas();
    private final Envelope envelope;

    public ChangeReader(ValueReader values) {
        this.values = values;
        this.envelope = new Envelope(values);
    }

    /** A record as Kafka has it. */
    public static final class Source {

        private final byte @Nullable [] key;
        private final byte @Nullable [] value;
        private final @Nullable String operation;
        private final long generation;
        private final long offset;

        /**
         * @param operation what a header says that it does; null if none does
         * @param generation of the source
         */
        public Source(
                byte @Nullable [] key,
                byte @Nullable [] value,
                @Nullable String operation,
                long generation,
                long offset) {
            this.key = key;
            this.value = value;
            this.operation = operation;
            this.generation = generation;
            this.offset = offset;
        }

        private Position position() {
            return Position.ofOffset(generation, offset);
        }
    }

    /**
     * Reads a record whose value is the row of its key; without a value it is a delete.
     *
     * @return whether there is a change in it
     */
    public boolean readRow(Source record, ChangeLayout layout, Arrival arrival)
            throws MalformedValueException, ContractViolationException {
        layout.begin();
        byte[] value = record.value;
        Operation operation = operation(record.operation, Operation.UPDATE);
        if (value == null) {
            return deleteByKey(record, layout, arrival);
        }
        if (operation == Operation.DELETE) {
            layout.onlyKeys();
        }
        if (operation != Operation.TRUNCATE) {
            values.read(value, 0, value.length, layout, null);
        }
        layout.end(arrival, operation, record.position(), null, true);
        return true;
    }

    /**
     * Reads a record as Debezium writes it, or as its ExtractNewRecordState flattens it.
     *
     * @return whether there is a change in it
     */
    public boolean readDebezium(Source record, ChangeLayout layout, Arrival arrival)
            throws MalformedValueException, ContractViolationException {
        layout.begin();
        byte[] value = record.value;
        if (value == null) {
            return deleteByKey(record, layout, arrival);
        }
        ConnectSchemas.Known known = schemas.before(value);
        Envelope.Shape shape = envelope.scan(value, known == null ? 0 : known.payload());
        ValueSchema schema =
                known != null
                        ? known.schema()
                        : envelope.schema().isPresent()
                                ? schemas.read(value, envelope.schema())
                                : null;
        return switch (shape) {
            case NOTHING -> deleteByKey(record, layout, arrival);
            case ROW -> readFlattened(record, value, schema, layout, arrival);
            case ENVELOPE -> readEnvelope(record, value, schema, layout, arrival);
        };
    }

    private boolean readFlattened(
            Source record,
            byte[] value,
            @Nullable ValueSchema schema,
            ChangeLayout layout,
            Arrival arrival)
            throws MalformedValueException, ContractViolationException {
        String id = keyId(record, layout);
        values.read(value, envelope.row().from(), envelope.row().to(), layout, schema);
        Operation operation = operation(layout.flattenedOperation(), Operation.UPDATE);
        if (operation == Operation.DELETE) {
            // What was read is the row as it was; of that, only the key counts.
            layout.begin();
            layout.onlyKeys();
            keyId(record, layout);
            values.read(value, envelope.row().from(), envelope.row().to(), layout, schema);
        }
        layout.end(arrival, operation, record.position(), id, false);
        return true;
    }

    private boolean readEnvelope(
            Source record,
            byte[] value,
            @Nullable ValueSchema schema,
            ChangeLayout layout,
            Arrival arrival)
            throws MalformedValueException, ContractViolationException {
        if (envelope.operation().equals(MESSAGE)) {
            return false;
        }
        Operation operation = operation(envelope.operation(), null);
        Position position = envelope.source().position(record.generation, record.offset);
        Arrival dated = dated(arrival);
        if (operation == Operation.TRUNCATE) {
            layout.end(dated, operation, position, "", false);
            return true;
        }
        String id = keyId(record, layout);
        boolean documents = envelope.source().hasDocuments();
        if (operation == Operation.DELETE) {
            readDeleted(record, value, schema, layout);
        } else if (envelope.document() != null) {
            byte[] document = envelope.document().getBytes(StandardCharsets.UTF_8);
            values.read(document, 0, document.length, layout, null);
        } else if (envelope.after().isPresent()) {
            values.read(value, envelope.after().from(), envelope.after().to(), layout, schema);
        } else {
            throw new MalformedValueException(
                    "the change (op: %s) has no row in 'after'".formatted(envelope.operation()));
        }
        String key = operation == Operation.UPDATE ? layout.keyOfValues() : null;
        layout.end(dated, operation, position, id, documents);
        if (key != null
                && !layout.appends()
                && envelope.before().isPresent()
                && envelope.after().isPresent()) {
            endMoved(value, schema, layout, dated, position, key);
        }
        return true;
    }

    /**
     * Deletes the row that an update takes to another key. Where the key is the source's own,
     * Debezium makes a delete and an insert of that; a key that the stream declares it does not
     * know.
     */
    private void endMoved(
            byte[] value,
            @Nullable ValueSchema schema,
            ChangeLayout layout,
            Arrival arrival,
            Position position,
            String key)
            throws MalformedValueException, ContractViolationException {
        layout.begin();
        layout.onlyKeys();
        values.read(value, envelope.before().from(), envelope.before().to(), layout, schema);
        String before = layout.keyOfValues();
        if (before != null && !before.equals(key)) {
            layout.end(arrival, Operation.DELETE, position, before, false);
        }
    }

    /** The key of a deleted row, or all of it where each change is a row. */
    private void readDeleted(
            Source record, byte[] value, @Nullable ValueSchema schema, ChangeLayout layout)
            throws MalformedValueException, ContractViolationException {
        if (!layout.appends()) {
            layout.onlyKeys();
        }
        if (envelope.before().isPresent()) {
            values.read(value, envelope.before().from(), envelope.before().to(), layout, schema);
        } else if (record.key != null && layout.hasKeyPaths()) {
            setKeys(layout, key(record.key));
        }
    }

    private Arrival dated(Arrival arrival) {
        long at = envelope.source().eventAt();
        if (at == 0) {
            at = envelope.millis() * MICROS_PER_MILLI;
        }
        return at == 0 ? arrival : arrival.at(at);
    }

    /** A record without a value deletes the row of its key. */
    private boolean deleteByKey(Source record, ChangeLayout layout, Arrival arrival)
            throws MalformedValueException, ContractViolationException {
        if (layout.appends()) {
            return false;
        }
        if (record.key == null) {
            throw new MalformedValueException("the record has neither key nor value");
        }
        layout.onlyKeys();
        RecordKey key = key(record.key);
        String id = null;
        if (layout.hasKeyPaths()) {
            setKeys(layout, key);
        } else {
            id = takeKey(layout, key);
        }
        layout.end(arrival, Operation.DELETE, record.position(), id, false);
        return true;
    }

    private static void setKeys(ChangeLayout layout, RecordKey key)
            throws MalformedValueException, ContractViolationException {
        for (String origin : layout.keyOrigins()) {
            Object value =
                    key.fields().isEmpty() && layout.keyOrigins().size() == 1
                            ? key.values().getFirst()
                            : key.value(origin);
            if (value == null) {
                throw new MalformedValueException(
                        "the record's key has no value for '%s', which is in the primary key"
                                .formatted(origin));
            }
            layout.setKey(key.schema(), origin, value);
        }
    }

    /** The identity in the record's own key; null where the key is among the values. */
    private @Nullable String keyId(Source record, ChangeLayout layout)
            throws MalformedValueException, ContractViolationException {
        if (layout.hasKeyPaths() || layout.appends()) {
            return null;
        }
        if (record.key == null) {
            throw new MalformedValueException(
                    "the record has no key, and the stream declares no primary_key; declare one, or"
                            + " write_disposition: append");
        }
        return takeKey(layout, key(record.key));
    }

    private static String takeKey(ChangeLayout layout, RecordKey key)
            throws MalformedValueException, ContractViolationException {
        String id = key.id();
        layout.keyFields(key.fields());
        for (int i = 0; i < key.fields().size(); i++) {
            Object value = key.values().get(i);
            if (value != null) {
                layout.setKey(key.schema(), key.fields().get(i), value);
            }
        }
        return id;
    }

    private RecordKey key(byte[] key) throws MalformedValueException, ContractViolationException {
        return RecordKey.read(key, values, keySchemas);
    }

    private static Operation operation(@Nullable String letter, @Nullable Operation otherwise)
            throws MalformedValueException, ContractViolationException {
        Operation operation = letter == null ? otherwise : Operation.of(letter);
        if (operation == null) {
            throw new MalformedValueException(
                    "the operation '%s' is none of c, u, d, r, t".formatted(letter));
        }
        return operation;
    }
}
