package dev.millrace.transform.model;

import dev.millrace.contracts.warehouse.RelationName;

/**
 * A table that models read and do not build.
 *
 * @param id dbt's unique id, for example {@code source.shop.web.order_completed}
 * @param source its source
 * @param table its name within the source
 * @param relation what it is in the warehouse
 */
public record SourceTable(String id, String source, String table, RelationName relation) {}
