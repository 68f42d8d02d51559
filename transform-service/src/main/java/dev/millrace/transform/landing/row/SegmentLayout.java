package dev.millrace.transform.landing.row;

import dev.millrace.contracts.record.Identifiers;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.TableKind;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The tables of Segment's warehouses. A track goes to its event's table with all that it has, and
 * to {@code tracks} without its properties; an identify to {@code identifies}, and its traits to
 * the user's row in {@code users}; a group likewise to {@code groups} and {@code accounts}.
 */
public final class SegmentLayout extends Layout {

    private static final String SEPARATOR = "_";

    /** Ranks: who keeps a column that two want. */
    private static final int CORE = 0;

    private static final int EXACT = 1;
    private static final int INEXACT = 2;
    private static final int EXTRA = 3;

    /** Columns that are never a property's or a trait's; those get an underscore before them. */
    private static final Set<String> RESERVED =
            Set.of(
                    "id",
                    "anonymous_id",
                    "user_id",
                    "event",
                    "event_text",
                    "received_at",
                    "sent_at",
                    "original_timestamp",
                    "timestamp");

    /** Properties that Segment's spec reserves for amounts. */
    private static final Set<String> AMOUNTS =
            Set.of("revenue", "value", "total", "subtotal", "price", "tax", "shipping", "discount");

    private final SegmentCall call;
    private final String stream;
    private final RowBatch batch;
    private final @Nullable RowBatch second;
    private final Path root;
    private final RowBatch.Member id;
    private final RowBatch.@Nullable Member event;
    private final List<RowBatch> batches;

    // Of the row at work.
    private @Nullable String userId;
    private @Nullable String groupId;

    /**
     * @param batches the poll's batches by table, as several streams share one
     * @param check what the stream's rows are held to; null if they are held to nothing
     */
    public SegmentLayout(
            String source,
            String stream,
            @Nullable List<String> timePath,
            Map<Relation, RowBatch> batches,
            @Nullable RowCheck check) {
        super(null, timePath);
        this.call = SegmentCall.of(stream);
        this.stream = stream;
        this.batch = batch(batches, new Relation(source, stream), TableKind.APPENDED, check);
        String table = call.secondTable();
        this.second =
                table == null
                        ? null
                        : batch(
                                batches,
                                new Relation(source, table),
                                call.merges() ? TableKind.MERGED : TableKind.APPENDED,
                                // A table that other streams share has no columns of this one.
                                check == null || !call.merges() ? null : check.ofTypes());
        this.batches = second == null ? List.of(batch) : List.of(batch, second);
        this.root = new Path("", "", 0, Path.Use.LAND, null, null);
        this.id = batch.member("id", "messageId", CORE, ColumnType.TEXT);
        this.event =
                call == SegmentCall.TRACK
                        ? batch.member("event", "ce_type", CORE, ColumnType.TEXT)
                        : null;
    }

    private static RowBatch batch(
            Map<Relation, RowBatch> batches,
            Relation relation,
            TableKind kind,
            @Nullable RowCheck check) {
        return batches.computeIfAbsent(relation, _ -> new RowBatch(relation, kind, check));
    }

    @Override
    public List<RowBatch> batches() {
        return batches;
    }

    /** Segment's warehouses know of texts only times. */
    @Override
    boolean narrowsTexts() {
        return false;
    }

    @Override
    Path root() {
        return root;
    }

    @Override
    void begin() {
        super.begin();
        userId = null;
        groupId = null;
    }

    @Override
    void set(Path path, Object value) {
        super.set(path, value);
        if (path.depth() == 1) {
            switch (path.origin()) {
                case "userId" -> userId = text(value);
                case "groupId" -> groupId = text(value);
                default -> {}
            }
        }
    }

    @Override
    Path newChild(Path parent, String name) {
        return switch (parent.depth()) {
            case 0 -> field(name);
            default -> below(parent, name);
        };
    }

    @Override
    void endRow(Arrival arrival) throws ContractViolationException {
        String identity = identity(arrival);
        batch.set(id, identity);
        if (event != null) {
            batch.set(event, stream);
        }
        batch.end(arrival.record(), identity, arrival.eventAt(), arrival.ingestedAt());
        if (second == null) {
            return;
        }
        switch (call) {
            case IDENTIFY -> endMerged(second, arrival, userId, "user_id", "userId");
            case GROUP -> endMerged(second, arrival, groupId, "group_id", "groupId");
            default -> {
                set(second, "id", "messageId", identity);
                set(second, "event", "ce_type", stream);
                second.end(arrival.record(), identity, arrival.eventAt(), arrival.ingestedAt());
            }
        }
    }

    private static void endMerged(
            RowBatch merged, Arrival arrival, @Nullable String key, String column, String origin)
            throws ContractViolationException {
        if (key == null || key.isEmpty()) {
            return;
        }
        set(merged, "id", origin, key);
        set(merged, column, origin, key);
        merged.end(arrival.record(), key, arrival.eventAt(), arrival.ingestedAt());
    }

    private static void set(RowBatch batch, String column, String origin, String value) {
        batch.set(batch.member(column, origin, CORE, ColumnType.TEXT), value);
    }

    /** A field of the message itself. */
    private Path field(String name) {
        return switch (name) {
            // Directions for the way here, the same in every record, or set from the headers.
            case "type", "messageId", "writeKey", "integrations", "_metadata" -> Path.skipped(name);
            case "anonymousId", "userId", "groupId", "previousId", "name", "category" ->
                    core(name, Identifiers.snakeCase(name), ColumnType.TEXT);
            case "event" -> core(name, "event_text", ColumnType.TEXT);
            case "timestamp", "originalTimestamp", "sentAt", "receivedAt" ->
                    core(name, Identifiers.snakeCase(name), ColumnType.TIMESTAMPTZ);
            case "properties", "traits" -> container(name, "");
            case "context" -> container(name, name + SEPARATOR);
            default -> path("", name, Identifiers.snakeCase(name), 0, EXTRA, Path.Use.LAND, null);
        };
    }

    private Path core(String name, String column, ColumnType type) {
        return path("", name, column, 0, CORE, Path.Use.LAND, type);
    }

    private Path container(String name, String prefix) {
        return new Path(prefix, name, 1, Path.Use.LAND, batch.member(name, name, EXTRA, null), null)
                .noticed(batch.object(name));
    }

    private Path below(Path parent, String name) {
        String word = Identifiers.snakeCase(name);
        String column = Identifiers.shorten(parent.prefix() + word);
        boolean context = isWithin(parent.origin(), "context");
        boolean reserved = parent.prefix().isEmpty() && RESERVED.contains(column);
        int rank = context ? CORE : word.equals(name) ? EXACT : INEXACT;
        boolean amount =
                call == SegmentCall.TRACK
                        && parent.origin().equals("properties")
                        && AMOUNTS.contains(column);
        return path(
                parent.origin(),
                name,
                reserved ? "_" + column : column,
                parent.depth(),
                rank,
                amount ? Path.Use.LAND_AS_DECIMAL : Path.Use.LAND,
                null);
    }

    private Path path(
            String parentOrigin,
            String name,
            String column,
            int parentDepth,
            int rank,
            Path.Use use,
            @Nullable ColumnType declared) {
        String origin = parentOrigin.isEmpty() ? name : parentOrigin + "." + name;
        RowBatch.Member member = batch.member(column, origin, rank, declared);
        RowBatch.Member derived =
                isShared(origin)
                        ? Objects.requireNonNull(second).member(column, origin, rank, declared)
                        : null;
        Path.Use there = batch.keepsWhole(column) ? Path.Use.LAND_WHOLE : use;
        return new Path(column + SEPARATOR, origin, parentDepth + 1, there, member, derived)
                .noticed(batch.object(column));
    }

    /** Whether the second table has the column, too. */
    private boolean isShared(String origin) {
        return switch (call) {
            case TRACK -> !isWithin(origin, "properties");
            case IDENTIFY, GROUP -> isWithin(origin, "traits") || origin.equals("receivedAt");
            case PAGE, SCREEN, ALIAS -> false;
        };
    }

    private static boolean isWithin(String origin, String field) {
        return origin.startsWith(field)
                && (origin.length() == field.length() || origin.charAt(field.length()) == '.');
    }
}
