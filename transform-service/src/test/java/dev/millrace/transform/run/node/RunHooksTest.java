package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.parse.ManifestReader;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

class RunHooksTest {

    private final ProjectStage stage = ProjectStage.create();

    @BeforeEach
    void aLog() throws SQLException {
        stage.execute("create schema analytics; create table analytics.log (at serial, said text)");
        stage.file("models/orders.sql", "select 1 as id");
        stage.file(
                "models/audit/daily.sql",
                "{{ config(schema='audit', materialized='table') }} select 1/0 as id");
    }

    private void project(String hooks) {
        stage.file("dbt_project.yml", "name: shop\n" + hooks);
    }

    private List<NodeOutcome> start() throws SQLException {
        ManifestReader.Read read = stage.read();
        RunHooks hooks = new RunHooks(read.manifest(), stage.runner(read));
        List<NodeOutcome> outcomes = new ArrayList<>();
        try (Session session = stage.session()) {
            for (Node hook : hooks.first()) {
                outcomes.add(hooks.start(session, hook, sql -> {}));
            }
        }
        return outcomes;
    }

    private List<NodeOutcome> end(List<Finished> results) throws SQLException {
        ManifestReader.Read read = stage.read();
        RunHooks hooks = new RunHooks(read.manifest(), stage.runner(read));
        List<NodeOutcome> outcomes = new ArrayList<>();
        try (Session session = stage.session()) {
            for (Node hook : hooks.last()) {
                outcomes.add(hooks.end(session, hook, results, sql -> {}));
            }
        }
        return outcomes;
    }

    private List<String> log() throws SQLException {
        return stage.query("select said from analytics.log order by at");
    }

    private static String saying(String what) {
        return "insert into analytics.log (said) values ('" + what + "')";
    }

    @Test
    void hooksAreOperationsWithTheIdsOfDbt() {
        project("on-run-start: ['select 1', 'select 2']\non-run-end: select 3\n");

        assertThat(stage.manifest().nodes().values())
                .filteredOn(node -> node.type() == ResourceType.OPERATION)
                .extracting(Node::id)
                .containsExactlyInAnyOrder(
                        "operation.shop.shop-on-run-start-0",
                        "operation.shop.shop-on-run-start-1",
                        "operation.shop.shop-on-run-end-0");
        Node hook = stage.node(stage.read(), "operation.shop.shop-on-run-end-0");
        assertThat(hook.settings().tags()).containsExactly("on-run-end");
        assertThat(hook.fqn()).containsExactly("shop", "hooks", "shop-on-run-end-0");
    }

    @Test
    void thoseOfPackagesGoFirstAndEachIsSaidHowItWent() throws SQLException {
        StringBuilder many = new StringBuilder("on-run-start:\n");
        for (int i = 0; i < 11; i++) {
            many.append("  - \"").append(saying("shop " + i)).append("\"\n");
        }
        project(many.toString());
        stage.file(
                "dbt_packages/zoo/dbt_project.yml",
                "name: zoo\non-run-start: \"" + saying("zoo") + "\"\n");

        assertThat(start()).allSatisfy(o -> assertThat(o.message()).isEqualTo("INSERT 0 1"));

        assertThat(log())
                .startsWith("zoo", "shop 0", "shop 1", "shop 2")
                .endsWith("shop 9", "shop 10");
    }

    @Test
    void aHookThatComesToNothingIsDoneWithItsMacros() throws SQLException {
        stage.file(
                "macros/notes.sql",
                "{% macro note() %}{% if execute %}{% call statement('s') %}"
                        + saying("noted")
                        + "{% endcall %}{% endif %}{% endmacro %}");
        project("on-run-start: \"{{ note() }}\"\n");

        assertThat(start()).containsExactly(NodeOutcome.success(null, "OK"));
        assertThat(log()).containsExactly("noted");
    }

    @Test
    void aHookThatFailsSaysWhy() throws SQLException {
        project("on-run-start: ['select 1/0', '{% if execute %}{{ nothing() }}{% endif %}']\n");

        List<NodeOutcome> outcomes = start();

        assertThat(outcomes).extracting(NodeOutcome::status).containsOnly(NodeStatus.ERROR);
        assertThat(outcomes.get(0).message()).contains("dbt_project.yml", "division by zero");
    }

    @Test
    void thoseAtTheEndKnowWhatTheRunHasDone() throws SQLException {
        project(
                """
                on-run-end:
                  - "insert into analytics.log (said) values {% for r in results %}('{{ r.node.name }} {{ r.status }} {{ r.message | replace(\\"'\\", '') }} {{ r.execution_time }} {{ r.to_dict().failures }}'){{ ',' if not loop.last }}{% endfor %}"
                  - "insert into analytics.log (said) values ('{{ schemas }} {{ database_schemas | length }} {{ results | length }}'::text)"
                  - "{% for schema in schemas %}grant usage on schema {{ schema }} to public;{% endfor %}"
                """
                        .replace("('{{ schemas }}", "('{{ schemas | join }}"));
        ManifestReader.Read read = stage.read();
        List<Finished> results = new ArrayList<>();
        for (Node node : read.manifest().nodes().values()) {
            if (node.isBuilt()) {
                results.add(
                        new Finished(node, stage.run(read, node), Duration.ofMillis(1500), "main"));
            }
        }

        assertThat(end(results)).extracting(NodeOutcome::status).containsOnly(NodeStatus.SUCCESS);

        assertThat(log())
                .hasSize(3)
                .contains("orders success CREATE VIEW 1.5 None", "analytics 1 2")
                .anySatisfy(said -> assertThat(said).contains("daily error", "division by zero"));
    }

    @Test
    void aMacroIsCalledByItself() throws Exception {
        stage.file(
                "macros/notes.sql",
                """
                {% macro note(what, times=1) %}
                  {% for i in range(times) %}{% do run_query("insert into analytics.log (said) values ('" ~ what ~ "')") %}{% endfor %}
                  {% call statement('s') %}insert into analytics.log (said) values ('{{ ref('orders').identifier }}'){% endcall %}
                  {{ log('noted', info=true) }}
                  {{ return(times) }}
                {% endmacro %}
                """);

        assertThat(call("note", "{what: x, times: 2}")).isEqualTo(NodeOutcome.success(null, "2"));
        assertThat(log()).containsExactly("x", "x", "orders");
        assertThat(stage.said()).contains("noted");
        assertThat(call("shop.note", "what: y").status()).isEqualTo(NodeStatus.SUCCESS);
        assertThat(call("note", "{when: y}").message()).contains("when");
        assertThat(call("nothing", "").message()).contains("no macro 'nothing'");
    }

    private NodeOutcome call(String macro, String arguments) throws Exception {
        try (Session session = stage.session()) {
            return stage.runner(stage.read()).call(session, MacroCall.of(macro, arguments));
        }
    }
}
