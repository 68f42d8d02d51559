package dev.millrace.transform.landing.row;

import dev.millrace.contracts.record.Identifiers;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;
import dev.millrace.transform.schema.TableKind;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;

/**
 * One table for a stream. Members of objects become columns whose names join the keys by {@code
 * __}; a value that is no object goes to the column {@code value}.
 */
public final class PlainLayout extends Layout {

    private static final String SEPARATOR = "__";
    private static final String WHOLE = "value";

    private final RowBatch batch;
    private final List<RowBatch> batches;
    private final Path root;
    private final RowBatch.@Nullable Member loadMember;
    private @Nullable String load;

    /**
     * @param kind of the table: one that records are added to, or one that loads replace
     * @param check what the rows are held to; null if they are held to nothing
     */
    public PlainLayout(
            Relation relation,
            TableKind kind,
            @Nullable List<String> idPath,
            @Nullable List<String> timePath,
            @Nullable RowCheck check) {
        super(idPath, timePath);
        this.batch = new RowBatch(relation, kind, check);
        this.loadMember =
                kind == TableKind.REPLACED
                        ? batch.member(Table.LOAD, "the load", 0, ColumnType.TEXT)
                        : null;
        this.batches = List.of(batch);
        this.root =
                new Path(
                        "",
                        "",
                        0,
                        Path.Use.LAND,
                        batch.member(WHOLE, "the whole value", 3, null),
                        null);
    }

    /** Says of which load the rows are that follow. */
    public void beginLoad(String name) {
        load = name;
    }

    @Override
    public List<RowBatch> batches() {
        return batches;
    }

    @Override
    boolean narrowsTexts() {
        return true;
    }

    @Override
    Path root() {
        return root;
    }

    @Override
    Path newChild(Path parent, String name) {
        String word = Identifiers.snakeCase(name);
        String column = Identifiers.shorten(parent.prefix() + word);
        String origin = parent.originOf(name);
        return new Path(
                        column + SEPARATOR,
                        origin,
                        parent.depth() + 1,
                        batch.keepsWhole(column) ? Path.Use.LAND_WHOLE : Path.Use.LAND,
                        batch.member(column, origin, word.equals(name) ? 1 : 2, null),
                        null)
                .noticed(batch.object(column));
    }

    @Override
    void endRow(Arrival arrival) throws ContractViolationException {
        if (loadMember != null) {
            batch.set(loadMember, Objects.requireNonNull(load));
        }
        batch.end(arrival.record(), identity(arrival), arrival.eventAt(), arrival.ingestedAt());
    }
}
