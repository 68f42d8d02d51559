package dev.millrace.transform.run.node;

import dev.millrace.transform.check.FreshnessVerdict;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.context.RelationValue;
import dev.millrace.transform.model.context.WarehouseException;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.SourceTable;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Asks source tables how old their newest rows are. */
public final class SourceFreshness {

    /** What dbt takes for the time of a table without rows. */
    private static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

    private final Manifest manifest;
    private final Workspace workspace;

    public SourceFreshness(Manifest manifest, Workspace workspace) {
        this.manifest = manifest;
        this.workspace = workspace;
    }

    /** The tables whose age is limited. */
    public List<SourceTable> limited() {
        return manifest.sources().values().stream()
                .filter(source -> source.freshness() != null)
                .toList();
    }

    /** Asks one that is limited. */
    public SourceAge ask(Session session, SourceTable source) {
        SourceTable.Freshness limits = source.freshness();
        if (limits == null) {
            throw new IllegalArgumentException(source.id() + " has no limits");
        }
        String file = source.position().file() + ": " + source.id() + ": ";
        try {
            return judged(source, limits, ask(session, source, limits));
        } catch (BuildFailedException | JinjaException e) {
            return SourceAge.unknown(source.id(), file + e.getMessage());
        } catch (WarehouseException e) {
            return SourceAge.unknown(source.id(), file + Session.problem(e.failure()));
        } catch (SQLException e) {
            return SourceAge.unknown(source.id(), file + Session.problem(e));
        }
    }

    private static SourceAge judged(
            SourceTable source, SourceTable.Freshness limits, Session.Outcome outcome)
            throws BuildFailedException {
        if (outcome.rows().size() != 1 || outcome.columns().size() != 2) {
            throw new BuildFailedException(
                    "its age must be one row of the newest time and the time now, and is "
                            + outcome.rows().size()
                            + " rows of "
                            + outcome.columns());
        }
        Instant newest = moment(outcome, 0);
        Instant now = moment(outcome, 1);
        Duration age = Duration.between(newest, now);
        FreshnessVerdict verdict =
                FreshnessVerdict.of(
                        age, duration(limits.warnAfter()), duration(limits.errorAfter()));
        return new SourceAge(source.id(), verdict, newest, now, age, null);
    }

    private Session.Outcome ask(Session session, SourceTable source, SourceTable.Freshness limits)
            throws SQLException, BuildFailedException {
        NodeWarehouse warehouse = new NodeWarehouse(session);
        Compiler compiler = new Compiler(manifest, workspace, warehouse);
        Node asking = MacroCall.operation(workspace, source.name());
        NodeMacros macros = new NodeMacros(compiler, asking, compiler.names(asking, null));
        RelationValue relation = new RelationValue(source.relation());
        warehouse.remember();
        Object query = source.details().get("loaded_at_query");
        if (query != null) {
            macros.call(
                    "collect_freshness_custom_sql",
                    relation,
                    compiler.statement(asking, String.valueOf(query)));
        } else if (limits.loadedAt() != null) {
            macros.call(
                    "collect_freshness",
                    relation,
                    limits.loadedAt(),
                    limits.filter() == null ? None.NONE : limits.filter());
        } else {
            return ofCommits(session, source, limits);
        }
        return warehouse.last();
    }

    private static @Nullable Duration duration(SourceTable.@Nullable Age limit) {
        return limit == null ? null : limit.duration();
    }

    /** PostgreSQL knows when rows were committed, if it was told to remember that. */
    private static Session.Outcome ofCommits(
            Session session, SourceTable source, SourceTable.Freshness limits)
            throws SQLException, BuildFailedException {
        boolean remembered =
                session.rows("SELECT current_setting('track_commit_timestamp')")
                        .getFirst()
                        .contains("on");
        if (!remembered) {
            throw new BuildFailedException(
                    "it needs 'loaded_at_field', the column that tells when a row was loaded, as"
                            + " PostgreSQL only remembers that with track_commit_timestamp");
        }
        return session.run(
                "SELECT max(pg_xact_commit_timestamp(xmin)), now() FROM "
                        + source.relation().path()
                        + (limits.filter() == null ? "" : " WHERE " + limits.filter()),
                2);
    }

    /** As in dbt, a time without a zone is one of UTC. */
    private static Instant moment(Session.Outcome outcome, int column) throws BuildFailedException {
        @Nullable Object value = outcome.rows().getFirst().get(column);
        return switch (value) {
            case null -> NEVER;
            case Timestamp time when outcome.types().get(column).equals("timestamptz") ->
                    time.toInstant();
            case Timestamp time -> time.toLocalDateTime().toInstant(ZoneOffset.UTC);
            case java.sql.Date date -> midnight(date.toLocalDate());
            default ->
                    throw new BuildFailedException(
                            "its 'loaded_at_field' gives a "
                                    + outcome.types().get(column)
                                    + ", and no time: "
                                    + Shortened.to(100, String.valueOf(value))
                                    + "; cast it");
        };
    }

    private static Instant midnight(LocalDate date) {
        return date.atStartOfDay().toInstant(ZoneOffset.UTC);
    }
}
