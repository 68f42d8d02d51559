package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.Build;

/**
 * A query whose table follows what it reads.
 *
 * @param id names it among all models, as long as it is the same
 * @param relation the table
 * @param sql the query
 * @param options what the table has beside its rows
 */
record LiveModel(String id, RelationName relation, String sql, Build.Options options) {

    public LiveModel(String id, RelationName relation, String sql) {
        this(id, relation, sql, Build.Options.NONE);
    }
}
