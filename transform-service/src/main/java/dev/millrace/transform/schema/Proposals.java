package dev.millrace.transform.schema;

import dev.millrace.contracts.event.SchemaChanged;
import dev.millrace.contracts.event.SchemaChanged.Change;
import dev.millrace.contracts.project.source.SchemaContract.Mode;
import dev.millrace.transform.publish.Outbox;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import javax.sql.DataSource;

/** The changes of tables that somebody has to decide on: each is proposed once. */
@Component
public class Proposals {

    /** So many changes of one table may wait; whoever sends keys without end gets no further. */
    public static final int MOST_OPEN = 1_000;

    /** PostgreSQL's word for a transaction that is to be tried again. */
    private static final String TRY_AGAIN = "40001";

    private final DataSource database;
    private final SchemaNews news;

    public Proposals(DataSource database, Outbox outbox, Dependents dependents) {
        this.database = database;
        this.news = new SchemaNews(outbox, dependents);
    }

    /** A change, and how many records need it. */
    public record Need(WantedChange wanted, long records) {}

    /** What has been decided on the changes of a table. */
    public Decisions of(Relation relation) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                """
                                SELECT change, column_name, id, state, rejected_then, decided_by,
                                  decided_why
                                FROM transform.schema_proposal WHERE relation = ?
                                """)) {
            select.setString(1, relation.qualified());
            Map<WantedChange.Key, Decisions.Decision> decisions = new HashMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    decisions.put(
                            new WantedChange.Key(
                                    relation, change(row.getString(1)), row.getString(2)),
                            new Decisions.Decision(
                                    row.getLong(3),
                                    Proposal.State.of(row.getString(4)).orElseThrow(),
                                    then(row.getString(5)),
                                    row.getString(6),
                                    row.getString(7)));
                }
            }
            long open =
                    decisions.values().stream()
                            .filter(decision -> decision.state() == Proposal.State.PROPOSED)
                            .count();
            return new Decisions(decisions, open);
        }
    }

    /** How many new tables of a schema wait for somebody. */
    public int openTables(String schema) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                """
                                SELECT count(*) FROM transform.schema_proposal
                                WHERE change = 'create_table' AND state = 'proposed'
                                  AND starts_with(relation, ?)
                                """)) {
            select.setString(1, schema + ".");
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    /**
     * Proposes changes in the transaction that holds their records, or counts the records of those
     * that are proposed already. Others who need one of them wait for the end of the transaction.
     *
     * @param fresh whether the records have not been counted yet
     * @return the ids of the proposals
     * @throws SQLException also when somebody has just decided on one of them: what the records
     *     become is different then, so that all has to be done again
     */
    public Map<WantedChange.Key, Long> propose(
            Connection connection,
            Collection<Need> needs,
            boolean fresh,
            String revision,
            Instant at)
            throws SQLException {
        // In one order, so that nobody waits in a circle.
        Map<WantedChange.Key, Need> ordered = new TreeMap<>();
        needs.forEach(need -> ordered.put(need.wanted().key(), need));
        Map<WantedChange.Key, Long> ids = new HashMap<>();
        for (Map.Entry<WantedChange.Key, Need> need : ordered.entrySet()) {
            ids.put(need.getKey(), propose(connection, need.getValue(), fresh, revision, at));
        }
        return ids;
    }

    private long propose(
            Connection connection, Need need, boolean fresh, String revision, Instant at)
            throws SQLException {
        WantedChange wanted = need.wanted();
        long records = need.records();
        Optional<Proposal> known = ProposalRows.lock(connection, wanted.key());
        if (known.isEmpty()) {
            Optional<Long> id = ProposalRows.insert(connection, wanted, records, revision, at);
            if (id.isPresent()) {
                tell(
                        connection,
                        wanted,
                        new Told(SchemaChanged.State.PROPOSED, id.get(), null, null),
                        revision,
                        at);
                return id.get();
            }
            // Somebody else was faster.
            known = ProposalRows.lock(connection, wanted.key());
        }
        Proposal proposal = known.orElseThrow(() -> decidedMeanwhile(wanted));
        if (proposal.state() != Proposal.State.PROPOSED) {
            throw decidedMeanwhile(wanted);
        }
        ProposalRows.add(
                connection,
                proposal.id(),
                ProposedColumns.merged(proposal.wanted().columns(), wanted.columns()),
                fresh ? records : 0);
        return proposal.id();
    }

    private static SQLException decidedMeanwhile(WantedChange wanted) {
        return new SQLException(
                wanted.words() + " was decided on at this moment; its records are tried again",
                TRY_AGAIN);
    }

    public Optional<Proposal> find(long id) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return ProposalRows.find(connection, id);
        }
    }

    /** Proposals in a state, newest first. */
    List<Proposal> newest(Proposal.State state, String relation, long before, int limit)
            throws SQLException {
        try (Connection connection = database.getConnection()) {
            return ProposalRows.newest(connection, state, relation, before, limit);
        }
    }

    /**
     * Approves a proposal in the connection's transaction.
     *
     * @return whether there was something to approve; a rejected one may be approved after all
     */
    public boolean approve(Connection connection, long id, String by, String why, Instant at)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.schema_proposal SET state = 'approved', decided_at = ?,
                          decided_by = ?, decided_why = ?, rejected_then = NULL
                        WHERE id = ? AND state <> 'approved'
                        """)) {
            update.setObject(1, at.atOffset(ZoneOffset.UTC));
            update.setString(2, by);
            update.setString(3, why);
            update.setLong(4, id);
            return update.executeUpdate() > 0;
        }
    }

    /**
     * Rejects a proposal in the connection's transaction.
     *
     * @param then what becomes of records that need the change: {@code FREEZE}, {@code DISCARD_ROW}
     *     or {@code DISCARD_VALUE}
     * @return whether it was still to be decided on
     */
    public boolean reject(
            Connection connection, Proposal proposal, String by, String why, Mode then, Instant at)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.schema_proposal SET state = 'rejected', decided_at = ?,
                          decided_by = ?, decided_why = ?, rejected_then = ?
                        WHERE id = ? AND state = 'proposed'
                        """)) {
            update.setObject(1, at.atOffset(ZoneOffset.UTC));
            update.setString(2, by);
            update.setString(3, why);
            update.setString(4, then.name().toLowerCase(Locale.ROOT));
            update.setLong(5, proposal.id());
            if (update.executeUpdate() == 0) {
                return false;
            }
        }
        tell(
                connection,
                proposal.wanted(),
                new Told(SchemaChanged.State.REJECTED, proposal.id(), by, why),
                proposal.revision(),
                at);
        return true;
    }

    private record Told(
            SchemaChanged.State state, long id, @Nullable String by, @Nullable String why) {}

    private void tell(
            Connection connection, WantedChange wanted, Told told, String revision, Instant at)
            throws SQLException {
        boolean table = wanted.key().change() == Change.CREATE_TABLE;
        news.tell(
                connection,
                wanted.key().relation(),
                revision,
                List.of(
                        new SchemaNews.Item(
                                told.state(),
                                wanted.key().change(),
                                table ? null : wanted.columns().getFirst(),
                                told.id(),
                                told.by(),
                                told.why(),
                                wanted.first(),
                                at)));
    }

    static Change change(String text) {
        return Change.valueOf(text.toUpperCase(Locale.ROOT));
    }

    static Mode then(@Nullable String text) {
        return text == null ? Mode.FREEZE : Mode.valueOf(text.toUpperCase(Locale.ROOT));
    }
}
