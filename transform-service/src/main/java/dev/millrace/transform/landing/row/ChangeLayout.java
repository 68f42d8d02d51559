package dev.millrace.transform.landing.row;

import dev.millrace.contracts.record.Identifiers;
import dev.millrace.contracts.record.MalformedRecordException;
import dev.millrace.transform.landing.value.Bytes;
import dev.millrace.transform.landing.value.JsonText;
import dev.millrace.transform.landing.value.Written;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.TableKind;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

/**
 * The changes of a stream, each for the row of its key. The fields of a flat stream are its
 * columns, whatever they hold; in others, members of objects become columns as in a {@link
 * PlainLayout}.
 */
public final class ChangeLayout extends Layout {

    private static final String SEPARATOR = "__";
    private static final int NO_KEY = -1;

    /** What flattened changes say of themselves among their values. */
    private static final String OPERATION = "__op";

    private static final String DELETED = "__deleted";

    private static final int LONGEST_PLAIN = 400;

    private final RowBatch batch;
    private final List<RowBatch> batches;
    private final boolean flat;
    private final List<String> keyOrigins;
    private final @Nullable String[] keys;
    private final Path plainRoot;
    private final IdentityHashMap<ValueSchema, Path> roots = new IdentityHashMap<>();
    private final IdentityHashMap<Path, ValueSchema> schemas = new IdentityHashMap<>();
    private final RowBatch.@Nullable Member operation;

    /** Fields of the key, for changes that bring their own. */
    private List<String> keyFields = List.of();

    // Of the row at work.
    private @Nullable Change change;
    private @Nullable String id;
    private boolean onlyKeys;
    private @Nullable String flattenedOperation;
    private boolean deleted;
    private int[] nulls = new int[16];
    private int nullCount;
    private int[] unsent = new int[4];
    private int unsentCount;

    /**
     * @param keyPaths where the key stands in the values; empty if each change brings its own
     * @param flat whether only the outermost members become columns
     * @param check what the rows are held to; null if they are held to nothing
     */
    public ChangeLayout(
            Relation relation,
            TableKind kind,
            boolean flat,
            List<List<String>> keyPaths,
            @Nullable List<String> timePath,
            @Nullable RowCheck check) {
        super(null, timePath);
        this.batch = new RowBatch(relation, kind, check);
        this.batches = List.of(batch);
        this.flat = flat;
        this.keyOrigins = keyPaths.stream().map(path -> String.join(".", path)).toList();
        this.keys = new String[keyPaths.size()];
        this.plainRoot =
                new Path(
                        "",
                        "",
                        0,
                        Path.Use.LAND,
                        flat ? null : batch.member("value", "the whole value", 3, null),
                        null);
        this.operation =
                kind == TableKind.APPENDED ? batch.member("__op", "the operation", 0, null) : null;
    }

    @Override
    public List<RowBatch> batches() {
        return batches;
    }

    /** Whether the key is among the values of each change. */
    public boolean hasKeyPaths() {
        return !keyOrigins.isEmpty();
    }

    /** The keys' places in the values, as keys joined by dots. */
    public List<String> keyOrigins() {
        return keyOrigins;
    }

    /** Whether each change is a row of its own. */
    public boolean appends() {
        return operation != null;
    }

    @Override
    boolean narrowsTexts() {
        return true;
    }

    @Override
    boolean isFlat() {
        return flat;
    }

    @Override
    Path root() {
        return plainRoot;
    }

    /** Where the values go that came with a schema, or with none. */
    Path root(@Nullable ValueSchema schema) {
        return schema == null
                ? plainRoot
                : roots.computeIfAbsent(
                        schema,
                        _ -> {
                            Path root = new Path("", "", 0, Path.Use.LAND, null, null);
                            schemas.put(root, schema);
                            return root;
                        });
    }

    @Override
    Path newChild(Path parent, String name) {
        String origin = parent.originOf(name);
        if (flat && (origin.equals(OPERATION) || origin.equals(DELETED))) {
            return new Path("", origin, 1, Path.Use.LAND, null, null);
        }
        String word = Identifiers.snakeCase(name);
        String column = Identifiers.shorten(parent.prefix() + word);
        ValueSchema schema = schemas.get(parent);
        Conversion conversion = schema == null ? null : schema.conversion(name);
        int key = keyOrigins.indexOf(origin);
        RowBatch.Member member =
                batch.member(
                        column,
                        origin,
                        word.equals(name) ? 1 : 2,
                        conversion == null ? null : conversion.type());
        if (key != NO_KEY || (parent.depth() == 0 && keyFields.contains(name))) {
            batch.slots().get(member.slot()).beKey();
        }
        return new Path(
                        column + SEPARATOR,
                        origin,
                        parent.depth() + 1,
                        batch.keepsWhole(column) ? Path.Use.LAND_WHOLE : Path.Use.LAND,
                        member,
                        conversion,
                        key)
                .noticed(batch.object(column));
    }

    @Override
    public void begin() {
        super.begin();
        change = null;
        id = null;
        onlyKeys = false;
        flattenedOperation = null;
        deleted = false;
        nullCount = 0;
        unsentCount = 0;
        Arrays.fill(keys, null);
    }

    /** Takes of the values that follow none but those of the key. */
    public void onlyKeys() {
        onlyKeys = true;
    }

    /** Says which fields the key has, for changes that bring their own. */
    public void keyFields(List<String> fields) {
        if (!fields.equals(keyFields)) {
            keyFields = List.copyOf(fields);
            for (String field : fields) {
                RowBatch.Member member = child(plainRoot, field).member();
                batch.slots().get(Objects.requireNonNull(member).slot()).beKey();
            }
        }
    }

    /** Sets a field of the key. */
    public void setKey(@Nullable ValueSchema schema, String field, Object value) {
        Path path = root(schema);
        for (String name : field.split("\\.", -1)) {
            path = child(path, name);
        }
        set(path, value);
    }

    @Override
    void set(Path path, Object value) {
        RowBatch.Member member = path.member();
        if (member == null && flat) {
            describe(path.origin(), value);
            return;
        }
        if (onlyKeys && (member == null || !batch.slots().get(member.slot()).isKey())) {
            return;
        }
        if (path.key() != NO_KEY) {
            keys[path.key()] = keyText(value);
        }
        if (flat && member != null && Unsent.is(value)) {
            if (unsentCount == unsent.length) {
                unsent = Arrays.copyOf(unsent, unsentCount * 2);
            }
            unsent[unsentCount++] = member.slot();
            return;
        }
        Conversion conversion = path.conversion();
        super.set(path, conversion == null ? value : conversion.convert(value));
    }

    private void describe(String origin, Object value) {
        switch (origin) {
            case OPERATION -> flattenedOperation = value.toString();
            case DELETED -> deleted = value.toString().equals("true");
            default -> throw new MalformedRecordException("the change is no JSON object");
        }
    }

    /** What the values so far say of the operation; null if nothing. */
    public @Nullable String flattenedOperation() {
        return deleted ? Operation.DELETE.letter() : flattenedOperation;
    }

    @Override
    void setNull(Path path) {
        RowBatch.Member member = path.member();
        if (!flat || onlyKeys || member == null) {
            return;
        }
        if (nullCount == nulls.length) {
            nulls = Arrays.copyOf(nulls, nullCount * 2);
        }
        nulls[nullCount++] = member.slot();
    }

    /**
     * Ends the row of a change.
     *
     * @param id of the key; null if it is among the values
     * @param whole whether what the change did not mention is null
     */
    public void end(
            Arrival arrival,
            Operation operation,
            Position position,
            @Nullable String id,
            boolean whole)
            throws ContractViolationException {
        this.id = id;
        this.change =
                new Change(
                        operation,
                        position,
                        whole,
                        Arrays.copyOf(nulls, nullCount),
                        Arrays.copyOf(unsent, unsentCount));
        end(arrival);
    }

    @Override
    void endRow(Arrival arrival) throws ContractViolationException {
        Change ended = Objects.requireNonNull(change);
        if (operation != null) {
            batch.set(operation, ended.operation().letter());
            batch.end(
                    arrival.record(),
                    identity(arrival),
                    arrival.eventAt(),
                    arrival.ingestedAt(),
                    ended);
            return;
        }
        String key = ended.operation() == Operation.TRUNCATE ? "" : id == null ? id() : id;
        batch.end(arrival.record(), key, arrival.eventAt(), arrival.ingestedAt(), ended);
    }

    /** The identity in the values so far; null if they have no key, or not all of it. */
    public @Nullable String keyOfValues() {
        return hasKeyPaths() && Arrays.stream(keys).allMatch(Objects::nonNull) ? idOf(keys) : null;
    }

    private String id() {
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] == null) {
                throw new MalformedRecordException(
                        "the change has no value for '%s', which is in the primary key"
                                .formatted(keyOrigins.get(i)));
            }
        }
        return idOf(keys);
    }

    /** The identity that a key's values make together. */
    public static String idOf(@Nullable String... keys) {
        if (keys.length == 1 && keys[0] != null) {
            return keys[0];
        }
        Bytes out = new Bytes(64);
        out.addByte('[');
        for (int i = 0; i < keys.length; i++) {
            if (i > 0) {
                out.addByte(',');
            }
            JsonText.string(out, Objects.requireNonNull(keys[i]));
        }
        out.addByte(']');
        return new String(out.array(), 0, out.size(), StandardCharsets.UTF_8);
    }

    /** A value of a key as text, the same for equal numbers. */
    public static String keyText(Object value) {
        return switch (value) {
            case Written written -> written.text();
            case BigDecimal number when number.signum() == 0 -> "0";
            case BigDecimal number when Math.abs(number.scale()) < LONGEST_PLAIN ->
                    number.stripTrailingZeros().toPlainString();
            default -> value.toString();
        };
    }
}
