package dev.millrace.contracts.project.dbt;

import java.util.Set;
import java.util.TreeSet;

/** The settings that dbt knows, by what they are for. */
public final class KnownConfigs {

    private static final Set<String> COMMON =
            Set.of(
                    "alias",
                    "database",
                    "docs",
                    "enabled",
                    "event_time",
                    "full_refresh",
                    "grants",
                    "group",
                    "meta",
                    "persist_docs",
                    "post_hook",
                    "pre_hook",
                    "schema",
                    "tags",
                    "unlogged");

    /** Settings of models, those of other databases included: they have no effect here. */
    public static final Set<String> MODEL =
            with(
                    "access",
                    "auto_liquid_cluster",
                    "batch_size",
                    "begin",
                    "bind",
                    "cluster_by",
                    "concurrent_batches",
                    "contract",
                    "dist",
                    "file_format",
                    "freshness",
                    "hours_to_expiration",
                    "incremental_predicates",
                    "incremental_strategy",
                    "indexes",
                    "language",
                    "location_root",
                    "lookback",
                    "materialized",
                    "merge_exclude_columns",
                    "merge_update_columns",
                    "on_configuration_change",
                    "on_schema_change",
                    "partition_by",
                    "sort",
                    "sort_type",
                    "sql_header",
                    "static_analysis",
                    "target_lag",
                    "transient",
                    "unique_key");

    /** Settings of seeds. */
    public static final Set<String> SEED = with("column_types", "delimiter", "quote_columns");

    private KnownConfigs() {}

    /** A setting's name as it is kept: {@code pre-hook} is {@code pre_hook}. */
    public static String canonical(String written) {
        return written.replace('-', '_');
    }

    private static Set<String> with(String... more) {
        Set<String> names = new TreeSet<>(COMMON);
        names.addAll(Set.of(more));
        return Set.copyOf(names);
    }
}
