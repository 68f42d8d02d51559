package dev.millrace.transform.landing;

import dev.millrace.transform.landing.identity.Fingerprinter;
import dev.millrace.transform.landing.identity.Fingerprints;
import dev.millrace.transform.landing.identity.IdentityLedger;
import dev.millrace.transform.landing.identity.IdentityLedger.Added;
import dev.millrace.transform.landing.identity.IdentityLedger.Found;
import dev.millrace.transform.landing.identity.StaleIdentitiesException;
import dev.millrace.transform.landing.row.Row;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Adds rows to a table, each identity once: of those that are the same, the one that came first.
 */
final class AppendingWriter {

    private final IdentityLedger identities;
    private final Fingerprinter fingerprinter = new Fingerprinter();
    private final CopyWriter copying = new CopyWriter();

    AppendingWriter(IdentityLedger identities) {
        this.identities = identities;
    }

    /**
     * What became of the rows.
     *
     * @param records the records whose rows were new, by their place in the poll
     * @param added their identities, which are still to be admitted
     */
    record Written(BitSet records, long rows, long duplicates, Added added) {}

    /**
     * Writes rows in the connection's transaction.
     *
     * @throws BadRowsException if there are rows that PostgreSQL refuses; the caller then rolls
     *     back to where it was before
     */
    Written write(Connection connection, TablePlan plan, List<Row> arrived, long loadedAt)
            throws SQLException, BadRowsException, StaleIdentitiesException {
        Fingerprints asked = new Fingerprints(arrived.size());
        List<Row> distinct = distinct(arrived, asked);
        Found found = identities.find(connection, plan.relation(), asked);
        List<Row> fresh = distinct;
        if (!found.known().isEmpty()) {
            fresh = new ArrayList<>(distinct.size());
            for (int i = 0; i < distinct.size(); i++) {
                if (!found.known().get(i)) {
                    fresh.add(distinct.get(i));
                }
            }
        }
        if (fresh.isEmpty() && !identities.isOfTable(connection, plan.relation())) {
            // Nothing is written, and so nothing else would tell.
            throw new SQLException(plan.relation() + " was dropped", SqlErrors.NO_TABLE);
        }
        if (!fresh.isEmpty()) {
            Bisection.write(
                    connection,
                    plan.relation(),
                    fresh,
                    some -> copying.copy(connection, plan, some, loadedAt));
        }
        // The last record has the highest place, so that it makes room for all.
        BitSet records = new BitSet(fresh.isEmpty() ? 0 : fresh.getLast().record() + 1);
        fresh.forEach(row -> records.set(row.record()));
        return new Written(records, fresh.size(), arrived.size() - fresh.size(), found.fresh());
    }

    private List<Row> distinct(List<Row> arrived, Fingerprints asked) {
        BitSet distinct =
                fingerprinter.addDistinct(asked, arrived.size(), i -> arrived.get(i).id());
        return distinct.cardinality() == arrived.size()
                ? arrived
                : distinct.stream().mapToObj(arrived::get).toList();
    }
}
