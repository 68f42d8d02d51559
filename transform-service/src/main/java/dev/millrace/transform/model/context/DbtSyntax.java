package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Syntax;
import dev.millrace.transform.jinja.TagHeader;
import dev.millrace.transform.jinja.Values;

import java.util.Map;
import java.util.Set;

/** The tags that dbt has beside Jinja's. */
public final class DbtSyntax {

    public static final Syntax SYNTAX =
            new Syntax(Map.of("test", "test_", "data_test", "test_"), Set.of("snapshot", "docs"))
                    .withHeadedTag("materialization", DbtSyntax::materialization);

    private static final String DEFAULT = "default";

    private DbtSyntax() {}

    /** {@code {% materialization x, adapter='postgres' %}} defines one for PostgreSQL only. */
    private static String materialization(TagHeader header) {
        Object adapter = header.options().get("adapter");
        if (adapter == null && !header.words().contains(DEFAULT)) {
            throw new JinjaException(
                    "a materialization is for one kind of database or for all: write"
                            + " adapter='postgres' or default behind its name");
        }
        return macro(header.name(), adapter == null ? DEFAULT : Values.text(adapter));
    }

    /** The macro that a materialization is. */
    public static String macro(String materialization, String adapter) {
        return "materialization_" + materialization + "_" + adapter;
    }
}
