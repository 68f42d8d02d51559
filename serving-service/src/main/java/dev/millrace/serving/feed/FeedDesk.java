package dev.millrace.serving.feed;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.feed.FeedRefusedException.Reason;
import dev.millrace.serving.query.RelationReads;

import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Reads pages of relations, each in one snapshot of rows, versions and changes. */
@Component
class FeedDesk {

    private final RelationReads reads;
    private final FeedSettings settings;

    /** Where a reader wants to begin. */
    sealed interface Start {

        /** At the first row. */
        record Beginning() implements Start {}

        /** Behind what there is. */
        record Now() implements Start {}

        /** Where it was. */
        record At(Cursor cursor) implements Start {}
    }

    /** What came of it. */
    sealed interface Outcome {

        record Read(FeedPage page, long version) implements Outcome {}

        /** Changes of the relation are not written down yet. */
        record NotFollowed() implements Outcome {}
    }

    FeedDesk(RelationReads reads, FeedSettings settings) {
        this.reads = reads;
        this.settings = settings;
    }

    /** Room for the pages of a request, until they are sent. */
    RelationReads.Room room() {
        return reads.room();
    }

    Outcome read(
            Caller caller, RelationName relation, Start start, int limit, RelationReads.Room room)
            throws InterruptedException {
        return reads.<Optional<Outcome>>read(
                        caller,
                        relation,
                        (connection, tenants) ->
                                read(connection, tenants, relation, start, rows(limit, room)))
                .flatMap(found -> found)
                .orElseThrow(() -> unknown(relation));
    }

    private PageRows rows(int limit, RelationReads.Room room) {
        return new PageRows(limit, settings.maxPageBytes().toBytes(), room);
    }

    private static RuntimeException unknown(RelationName relation) {
        return new FeedRefusedException(
                Reason.UNKNOWN,
                "There is no relation %s that may be read here".formatted(relation));
    }

    private static Optional<Outcome> read(
            Connection connection,
            Tenants tenants,
            RelationName relation,
            Start start,
            PageRows rows)
            throws SQLException {
        Optional<FeedTable> found = FeedTable.look(connection, relation);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        FeedTable table = found.get();
        if (!table.isTable()) {
            throw new FeedRefusedException(
                    Reason.MALFORMED,
                    "%s is no table: a view has no changes of its own, follow what it reads"
                            .formatted(relation));
        }
        boolean seesAll = seesAll(table, tenants);
        if (!table.isFollowed()) {
            return Optional.of(new Outcome.NotFollowed());
        }
        return Optional.of(
                new Outcome.Read(page(connection, table, seesAll, start, rows), table.version()));
    }

    /** Whether the reader sees all rows; fails if it may see none, or not what becomes of them. */
    private static boolean seesAll(FeedTable table, Tenants tenants) {
        if (tenants instanceof Tenants.All) {
            return true;
        }
        boolean hasTenant = tenants instanceof Tenants.Named(var names) && !names.isEmpty();
        if (table.isSeparated() != hasTenant) {
            throw new FeedRefusedException(
                    Reason.FORBIDDEN,
                    hasTenant
                            ? "%s has rows of all tenants, and you are to see those of some"
                                    .formatted(table.name())
                            : "%s has rows of tenants, and the token names none"
                                    .formatted(table.name()));
        }
        if (table.isSeparated() && table.form() == FeedTable.Form.KEYED) {
            // Of a row that is gone nobody knows whose it was.
            throw new FeedRefusedException(
                    Reason.FORBIDDEN,
                    "Rows of %s go, and to tell that would tell of other tenants' rows; it takes a token for all tenants"
                            .formatted(table.name()));
        }
        return !table.isSeparated();
    }

    private static FeedPage page(
            Connection connection, FeedTable table, boolean seesAll, Start start, PageRows rows)
            throws SQLException {
        return switch (start) {
            case Start.Now() -> new FeedPage(table.columns(), List.of(), table.end(), false, false);
            case Start.Beginning() -> snapshot(connection, table, table.beginning(), rows);
            case Start.At(Cursor cursor) -> {
                if (cursor.oid() != table.oid()) {
                    yield reset(table);
                }
                yield switch (cursor.place()) {
                    case Cursor.Snapshot _ -> snapshot(connection, table, cursor, rows);
                    case Cursor.Changes place -> changes(connection, table, seesAll, place, rows);
                };
            }
        };
    }

    private static FeedPage snapshot(
            Connection connection, FeedTable table, Cursor cursor, PageRows rows)
            throws SQLException {
        if (!(cursor.place() instanceof Cursor.Snapshot place)
                || place.file() != table.file()
                || place.version() > table.version()
                || !Trail.look(connection, table, place.version(), table.version()).isWhole()) {
            return reset(table);
        }
        Cursor.Place next = new SnapshotPages(connection, table, rows).read(place);
        boolean isDone =
                next instanceof Cursor.Changes changes && changes.version() == table.version();
        return new FeedPage(
                table.columns(),
                rows.rows(),
                new Cursor(cursor.relation(), table.oid(), next),
                !isDone,
                false);
    }

    private static FeedPage changes(
            Connection connection,
            FeedTable table,
            boolean seesAll,
            Cursor.Changes place,
            PageRows rows)
            throws SQLException {
        Optional<Cursor.Changes> next =
                new ChangePages(connection, table, seesAll, rows).read(place);
        return next.map(
                        at ->
                                new FeedPage(
                                        table.columns(),
                                        rows.rows(),
                                        new Cursor(table.name().toString(), table.oid(), at),
                                        at.version() < table.version(),
                                        false))
                .orElseGet(() -> reset(table));
    }

    private static FeedPage reset(FeedTable table) {
        return new FeedPage(table.columns(), List.of(), table.beginning(), true, true);
    }
}
