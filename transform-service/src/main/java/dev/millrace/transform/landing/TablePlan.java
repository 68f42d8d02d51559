package dev.millrace.transform.landing;

import dev.millrace.contracts.event.SchemaChanged.Change;
import dev.millrace.contracts.record.Identifiers;
import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.row.RowBatch;
import dev.millrace.transform.landing.row.RowCheck;
import dev.millrace.transform.landing.row.Slot;
import dev.millrace.transform.landing.value.Numbers;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.NeededColumn;
import dev.millrace.transform.schema.RecordPosition;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;
import dev.millrace.transform.schema.WantedChange;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * How the rows of a batch go into a table as it is: each value to its column; to a variant, if its
 * column cannot hold it; to the overflow, if the table is full; or nowhere, if the source's schema
 * contract forbids it. What the table lacks for that is told by {@link #needed()}.
 */
final class TablePlan {

    private static final String VARIANT = "__v_";
    private static final int TYPES = ColumnType.count();

    /** Whether the table may get what it lacks. */
    enum Room {
        TO_GROW,
        /** Not now: what it lacks goes to its overflow, which it must have. */
        AS_IT_IS
    }

    /** The contract has nothing against the table, as it is there or may be made. */
    private final @Nullable Table table;

    private final RowBatch batch;
    private final Room room;
    private final ChangeRules rules;
    private final IntFunction<RecordPosition> positions;
    private final List<NeededColumn> needed = new ArrayList<>();
    private final List<Placement.Column> columns = new ArrayList<>();
    private final Map<String, Placement.Column> columnByName = new HashMap<>();
    private final @Nullable Placement[][] bySlot;

    /** Where all values of a slot go, if that is the same column for all of them. */
    private final Placement.@Nullable Column[] onlyColumn;

    private final Placement.@Nullable Refused tableRefusal;
    private boolean refuses;
    private boolean overflows;

    /**
     * @param table the table as it is, or null if there is none
     * @param positions where the records of the batch stand
     */
    TablePlan(
            RowBatch batch,
            @Nullable Table table,
            ChangeRules rules,
            IntFunction<RecordPosition> positions,
            Room room) {
        this.batch = batch;
        this.room = room;
        this.table = table;
        this.rules = rules;
        this.positions = positions;
        this.bySlot = new Placement[batch.slots().size()][TYPES];
        this.onlyColumn = new Placement.Column[bySlot.length];
        for (int i = 0; i < bySlot.length; i++) {
            @Nullable Placement[] places = bySlot[i];
            Map<ColumnType, Placement> placed = place(batch.slots().get(i));
            placed.forEach((type, placement) -> places[type.index()] = placement);
            onlyColumn[i] = onlyColumn(placed.values());
        }
        if (hasWideRows()) {
            overflows = true;
        }
        if (table == null && batch.check() != null) {
            needColumnsOf(batch.check());
        }
        if (overflows && table != null && table.type(Table.EXTRA) == null) {
            needed.add(
                    new NeededColumn(
                            Table.EXTRA,
                            ColumnType.JSONB,
                            "",
                            positions.apply(batch.rows().getFirst().record())));
        }
        this.tableRefusal = table == null ? rules.table(newTable()) : null;
    }

    private WantedChange newTable() {
        return WantedChange.table(
                relation(),
                batch.kind(),
                needed,
                positions.apply(batch.rows().getFirst().record()));
    }

    /** How many columns the table has, of whatever kind; 0 if there is none. */
    int width() {
        return table == null ? 0 : table.columns().size();
    }

    /** Whether its contract leaves it to somebody what becomes of some of its rows. */
    boolean awaitsDecisions() {
        return refuses() && rules.review();
    }

    /** Whether somebody is to be asked about the table itself for the first time. */
    boolean proposesTable() {
        return tableRefusal != null
                && tableRefusal.wanted() != null
                && rules.isNew(tableRefusal.wanted());
    }

    Relation relation() {
        return batch.relation();
    }

    RowBatch batch() {
        return batch;
    }

    /** Columns that must be added before the rows can go in. */
    List<NeededColumn> needed() {
        return needed;
    }

    /** Whether the table has to be made. */
    boolean needsTable() {
        return table == null && !refusesTable();
    }

    /** Whether the contract keeps rows or values of this batch out. */
    boolean refuses() {
        return refuses || refusesTable();
    }

    /** What keeps all rows out, if the contract forbids the table itself. */
    Placement.@Nullable Refused refusal() {
        return tableRefusal;
    }

    /** Whether some values go to the table's overflow column. */
    boolean overflows() {
        return overflows;
    }

    /** The columns that the rows have values for. */
    List<Placement.Column> columns() {
        return columns;
    }

    /** The same in the order of the table, where a column stands behind those added before it. */
    List<Placement.Column> columnsByAge() {
        if (table == null) {
            return columns;
        }
        return table.columns().keySet().stream()
                .map(columnByName::get)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Where a value goes. */
    Placement placement(int slot, Object value) {
        Placement.Column only = onlyColumn[slot];
        if (only != null) {
            return only;
        }
        @Nullable Placement[] places = bySlot[slot];
        if (value instanceof BigDecimal number
                && places[ColumnType.BIGINT.index()] instanceof Placement.Column column
                && column.type() == ColumnType.BIGINT
                && Numbers.isBigint(number)) {
            return column;
        }
        Placement place = places[Row.typeOf(value).index()];
        if (place == null) {
            throw new IllegalStateException("a value of a type that its slot never saw");
        }
        return place;
    }

    /** Columns of the table that landing did not make for itself, and can write. */
    List<Placement.Column> payloadColumns() {
        if (table == null) {
            return columns;
        }
        table.columns()
                .forEach(
                        (name, type) -> {
                            if (type != ColumnType.OTHER && !name.startsWith(RowColumns.PREFIX)) {
                                column(name);
                            }
                        });
        return columns;
    }

    /** Columns of the table that hold values of the same member as this slot, of other types. */
    List<Placement.Column> siblings(int slot) {
        String base = batch.slots().get(slot).column();
        List<Placement.Column> siblings = new ArrayList<>();
        if (table != null) {
            for (ColumnType type : ColumnType.values()) {
                String variant = variant(batch.slots().get(slot), type);
                if (table.type(variant) == type) {
                    siblings.add(column(variant));
                }
            }
            if (table.type(base) != null && table.type(base) != ColumnType.OTHER) {
                siblings.add(column(base));
            }
        }
        return siblings;
    }

    private static Placement.@Nullable Column onlyColumn(Collection<Placement> placements) {
        Set<Placement> distinct = new HashSet<>(placements);
        return distinct.size() == 1 && distinct.iterator().next() instanceof Placement.Column column
                ? column
                : null;
    }

    private boolean refusesTable() {
        return tableRefusal != null;
    }

    private Map<ColumnType, Placement> place(Slot slot) {
        Map<ColumnType, Placement> places = new EnumMap<>(ColumnType.class);
        if (slot.types().isEmpty()) {
            return places;
        }
        ColumnType existing = table == null ? null : table.type(slot.column());
        Placement.Refused refused = existing == null && table != null ? refused(slot) : null;
        if (refused != null) {
            refuses = true;
            slot.types().forEach(type -> places.put(type, refused));
            return places;
        }
        ColumnType columnType = existing == null ? slot.type() : existing;
        for (ColumnType type : slot.types()) {
            places.put(
                    type,
                    columnType.holds(type)
                            ? existingOrNeeded(
                                    slot.column(),
                                    columnType,
                                    slot.origin(),
                                    slot.firstRecord(),
                                    slot.isKey())
                            : misfit(slot, columnType, type));
        }
        if (columnType == ColumnType.BIGINT && slot.types().contains(ColumnType.NUMERIC)) {
            // Whole numbers with a point or an exponent fit after all; see placement().
            places.computeIfAbsent(
                    ColumnType.BIGINT,
                    _ ->
                            existingOrNeeded(
                                    slot.column(),
                                    columnType,
                                    slot.origin(),
                                    slot.firstRecord(),
                                    slot.isKey()));
        }
        return places;
    }

    private Placement.@Nullable Refused refused(Slot slot) {
        return rules.column(
                WantedChange.of(
                        relation(),
                        batch.kind(),
                        new NeededColumn(
                                slot.column(),
                                slot.type(),
                                slot.origin(),
                                positions.apply(slot.firstRecord()),
                                slot.isKey())));
    }

    private Placement misfit(Slot slot, ColumnType columnType, ColumnType type) {
        String variant = variant(slot, type);
        boolean known = table != null && table.type(variant) == type;
        NeededColumn column =
                new NeededColumn(
                        variant,
                        type,
                        slot.origin(),
                        positions.apply(slot.firstRecord(type)),
                        false,
                        Change.ADD_VARIANT,
                        null);
        Placement.Refused refused =
                known
                        ? null
                        : rules.variant(
                                WantedChange.of(relation(), batch.kind(), column),
                                slot.column(),
                                "the column %s of %s is %s and cannot hold a %s"
                                        .formatted(
                                                slot.column(),
                                                relation(),
                                                columnType.sql(),
                                                type.sql()));
        if (refused != null) {
            refuses = true;
            return refused;
        }
        return existingOrNeeded(column);
    }

    private Placement existingOrNeeded(
            String name, ColumnType type, String origin, int record, boolean key) {
        return existingOrNeeded(new NeededColumn(name, type, origin, positions.apply(record), key));
    }

    private Placement existingOrNeeded(NeededColumn column) {
        String name = column.name();
        ColumnType there = table == null ? null : table.type(name);
        if (there == column.type() || name.equals(Table.LOAD)) {
            return column(name);
        }
        boolean noRoom = table != null && (table.isFull() || room == Room.AS_IT_IS);
        if (there != null || noRoom) {
            overflows = true;
            return new Placement.Extra(name);
        }
        needed.add(column);
        return new Placement.Extra(name);
    }

    private Placement.Column column(String name) {
        return columnByName.computeIfAbsent(
                name,
                _ -> {
                    ColumnType type = table == null ? null : table.type(name);
                    Placement.Column column =
                            new Placement.Column(
                                    columns.size(), name, type == null ? ColumnType.OTHER : type);
                    columns.add(column);
                    return column;
                });
    }

    /** A new table has the columns of its contract from the start. */
    private void needColumnsOf(RowCheck check) {
        Set<String> known = new HashSet<>();
        needed.forEach(column -> known.add(column.name()));
        RecordPosition first = positions.apply(batch.rows().getFirst().record());
        check.columns()
                .forEach(
                        (name, type) -> {
                            if (known.add(name)) {
                                needed.add(new NeededColumn(name, type, check.origin(name), first));
                            }
                        });
    }

    private boolean hasWideRows() {
        for (Row row : batch.rows()) {
            if (WideRows.mayOverflow(row)) {
                return true;
            }
        }
        return false;
    }

    /** Where values go that are not of the column's type; somewhere else if that is taken. */
    private String variant(Slot slot, ColumnType type) {
        String usual = variant(slot.column(), type);
        ColumnType there = table == null ? null : table.type(usual);
        return there == null || there == type
                ? usual
                : Identifiers.apart(usual, slot.column() + VARIANT + type.word());
    }

    static String variant(String column, ColumnType type) {
        return Identifiers.shorten(column + VARIANT + type.word());
    }
}
