package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LiveWithoutServiceTest {

    @Test
    void aLiveModelIsATableWhereNobodyKeepsItUpToDate() throws Exception {
        ProjectStage stage =
                ProjectStage.create()
                        .file(
                                "models/per_shop.sql",
                                "{{ config(materialized='live') }} select 1 as shop, 2 as n");

        NodeOutcome outcome = stage.runOne("per_shop");

        assertThat(outcome.status()).isEqualTo(NodeStatus.SUCCESS);
        assertThat(stage.query("select n from analytics.per_shop")).containsExactly("2");
        assertThat(stage.warnings()).anyMatch(w -> w.contains("built as a table"));
    }
}
