package dev.millrace.transform.landing.contract;

import dev.millrace.transform.landing.row.UniqueRule;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;
import dev.millrace.transform.schema.Tables;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sees to it that the tables have the unique indexes that contracts ask for, and no others of that
 * kind. A table that has rows already which are not unique stays without.
 */
public final class UniqueIndexes {

    /** What the names of these indexes begin with. */
    static final String PREFIX = "mr_unique_";

    private static final Logger log = LoggerFactory.getLogger(UniqueIndexes.class);

    private final Tables tables;
    private final Map<Relation, List<UniqueRule>> settled = new HashMap<>();

    public UniqueIndexes(Tables tables) {
        this.tables = tables;
    }

    /**
     * Makes a table's indexes what they are to be. What cannot be done right now is tried with a
     * later batch; what can never be done is told once for each change of the rules.
     */
    public void settle(Table table, List<UniqueRule> rules) {
        if (rules.equals(settled.get(table.relation()))) {
            return;
        }
        try {
            Set<String> there = tables.indexes(table.relation(), PREFIX);
            Set<String> unwanted = new HashSet<>(there);
            boolean complete = true;
            for (UniqueRule rule : rules) {
                unwanted.remove(rule.index());
                boolean hasColumns =
                        rule.columns().stream().allMatch(column -> table.type(column) != null);
                if (!there.contains(rule.index())) {
                    complete &= hasColumns && make(table.relation(), rule);
                }
            }
            for (String index : unwanted) {
                tables.dropIndex(table.relation(), index);
            }
            if (complete) {
                settled.put(table.relation(), List.copyOf(rules));
            }
        } catch (SQLException e) {
            log.info(
                    "The unique indexes of {} are seen to later: {}",
                    table.relation(),
                    e.getMessage());
        }
    }

    /** A table is about to be made anew. */
    public void forget(Relation relation) {
        settled.remove(relation);
    }

    /** Whether there is nothing left to try. */
    private boolean make(Relation relation, UniqueRule rule) throws SQLException {
        try {
            tables.createUniqueIndex(relation, rule.index(), rule.columns());
            return true;
        } catch (SQLException e) {
            if (Tables.isLockMissed(e)) {
                return false;
            }
            log.warn(
                    "{}: '{}' of the contract is not enforced: the table cannot have a unique index"
                            + " on {}: {}",
                    relation,
                    rule.rule(),
                    rule.columns(),
                    e.getMessage());
            return true;
        }
    }
}
