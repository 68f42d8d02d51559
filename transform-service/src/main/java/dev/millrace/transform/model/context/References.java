package dev.millrace.transform.model.context;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Relation;

import java.util.Map;

/**
 * What {@code ref}, {@code source} and {@code config} do: note what is asked while the project is
 * read, or answer it while it runs.
 */
public interface References {

    Relation ref(Node.Ref ref);

    Relation source(String source, String table);

    /** Whether the same template is rendered again later, when more is known. */
    default boolean comeAgain() {
        return false;
    }

    /** Takes settings that a template gives. */
    void configure(Map<String, Object> settings);
}
