package dev.millrace.contracts.project.dbt;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.warehouse.RelationName;

/** A table that a properties file declares as a source. */
public record DbtSourceTable(
        String source,
        String table,
        RelationName relation,
        String description,
        Position position) {}
