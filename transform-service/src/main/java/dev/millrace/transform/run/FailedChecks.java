package dev.millrace.transform.run;

import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.model.manifest.Step;

import org.springframework.jdbc.core.simple.JdbcClient;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Remembers which tests failed on the rows that relations have now. */
final class FailedChecks {

    private final JdbcClient jdbc;

    FailedChecks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The relations that a test is about: the one that it stands at, or all that it reads. Schema
     * and name of each.
     */
    static Set<String> about(Manifest manifest, Step step) {
        Set<String> relations = new TreeSet<>();
        if (step instanceof Node test && step.isTest()) {
            String attached = test.test() == null ? null : test.test().attachedTo();
            for (String id : attached == null ? manifest.parents(test.id()) : List.of(attached)) {
                Node node = manifest.nodes().get(id);
                SourceTable source = manifest.sources().get(id);
                if (node != null && node.isBuilt()) {
                    relations.add(node.relationName().toString());
                } else if (source != null) {
                    relations.add(source.relation().name().toString());
                }
            }
        }
        return relations;
    }

    /** New rows have not been tested. */
    void rebuilt(String relation) {
        jdbc.sql("DELETE FROM transform.failed_check WHERE relation = ?").param(relation).update();
    }

    /** Remembers that a test failed; the relations of which that was not known. */
    List<String> failed(Set<String> relations, Step test) {
        return jdbc.sql(
                        """
                        INSERT INTO transform.failed_check (relation, check_id, name)
                        SELECT r, ?, ? FROM unnest(?::text[]) AS r ORDER BY r
                        ON CONFLICT DO NOTHING RETURNING relation
                        """)
                .params(test.id(), test.name(), relations.toArray(String[]::new))
                .query(String.class)
                .list();
    }

    /** Forgets that a test failed; the relations of which it had been known. */
    List<String> passed(Step test) {
        return jdbc.sql(
                        """
                        DELETE FROM transform.failed_check WHERE check_id = ? RETURNING relation
                        """)
                .param(test.id())
                .query(String.class)
                .list();
    }

    /** Names of the tests that failed on a relation, in order. */
    List<String> of(String relation) {
        return jdbc.sql("SELECT name FROM transform.failed_check WHERE relation = ? ORDER BY name")
                .param(relation)
                .query(String.class)
                .list();
    }
}
