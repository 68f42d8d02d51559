package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Quoting;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.parse.ManifestReader;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;

class CloneTest {

    private static final Relation PRODUCTION =
            Relation.of(null, "production", "orders", Quoting.ALL);

    private final ProjectStage stage =
            ProjectStage.create()
                    .file("models/orders.sql", "{{ config(materialized='table') }} select 1 as id");

    private NodeOutcome clone(@Nullable Relation other) throws SQLException {
        ManifestReader.Read read = stage.read();
        Node node = stage.node(read, "model.shop.orders");
        try (Session session = stage.session()) {
            return stage.runner(read).clone(session, node, other);
        }
    }

    private void production() throws SQLException {
        stage.execute("create schema production; create table production.orders as select 7 as id");
    }

    @Test
    void aCloneIsAViewOfTheOther() throws SQLException {
        production();

        assertThat(clone(PRODUCTION)).isEqualTo(NodeOutcome.success(null, "CREATE VIEW"));

        assertThat(stage.query("select id from analytics.orders")).containsExactly("7");
    }

    @Test
    void whatIsThereStaysUnlessAllIsToBeMadeAnew() throws SQLException {
        production();
        stage.run("orders");
        assertThat(clone(PRODUCTION).message()).isEqualTo("No-op");
        assertThat(stage.query("select id from analytics.orders")).containsExactly("1");

        stage.fullRefresh(true);
        assertThat(clone(PRODUCTION).message()).isEqualTo("CREATE VIEW");
        assertThat(stage.query("select id from analytics.orders")).containsExactly("7");
    }

    @Test
    void whatTheOtherHasNotIsNotCloned() throws SQLException {
        assertThat(clone(null).message()).isEqualTo("No-op");
        assertThat(clone(PRODUCTION).message())
                .contains("\"production\".\"orders\" cannot be cloned");
    }
}
