package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/** Calls the macros that write statements, so that projects may have their own of them. */
public interface SqlMacros {

    /** A relation as macros take it; one without a schema is temporary. */
    Object relation(@Nullable String schema, String name, String type);

    /** The text that a macro gives. */
    String text(String macro, Object... arguments);

    /** What a macro returns. */
    Object call(String macro, Object... arguments);

    /** What a macro that another one has given returns. */
    Object apply(Object macro, Object... arguments);

    /** What a method of dbt's adapter returns. */
    Object adapter(String method, Object... arguments);

    /** What templates see under a name. */
    Object value(String name);

    /** The macro of an incremental strategy, called with its arguments. */
    String strategy(String strategy, Map<String, Object> arguments);

    /** A relation of the warehouse as macros take it. */
    default Object relation(RelationName name, String type) {
        return relation(name.schema(), name.name(), type);
    }
}
