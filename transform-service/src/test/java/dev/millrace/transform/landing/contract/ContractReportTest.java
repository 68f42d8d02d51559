package dev.millrace.transform.landing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.event.SchemaChanged;
import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.landing.contract.ContractReport.Contracts;
import dev.millrace.transform.landing.contract.ContractReport.NotEnforced;
import dev.millrace.transform.landing.contract.ContractReport.StreamView;
import dev.millrace.transform.landing.contract.StreamRules.EnforcedRule;
import dev.millrace.transform.publish.Outbox;
import dev.millrace.transform.schema.Tables;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.sql.DataSource;

class ContractReportTest {

    private final DataSource database = TestWarehouse.create().dataSource(Role.TRANSFORM);
    private final ContractReport report =
            new ContractReport(
                    new Tables(
                            database,
                            Clock.systemUTC(),
                            new Outbox(JsonMapper.builder().build()),
                            (_, _) -> SchemaChanged.Dependents.NONE));

    private static Project project() throws Exception {
        return new ProjectLoader(Environment.of(Map.of()), Set.of(ProjectLoader.Kind.SOURCES))
                .load(
                        ProjectFiles.of(
                                Map.of(
                                        "sources/s.yml",
                                        bytes(
                                                "sources: [{name: s, type: kafka, streams: [{name:"
                                                        + " click, topic: t, contract:"
                                                        + " contracts/c.yaml}]}]"),
                                        "contracts/c.yaml",
                                        bytes(contract("c1")),
                                        "contracts/d.yaml",
                                        bytes(contract("d1")))));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String contract(String id) {
        return """
        apiVersion: v3.1.0
        kind: DataContract
        id: %s
        version: 1.2.0
        status: active
        schema:
          - name: click
            properties:
              - {name: mail, logicalType: string, unique: true, logicalTypeOptions: {maxLength: 9}}
            quality: [{metric: rowCount, mustBeGreaterThan: 1}]
        """
                .formatted(id);
    }

    private StreamView stream() throws Exception {
        Contracts contracts = report.of(project());
        assertThat(contracts.contracts())
                .extracting(view -> view.file() + " " + view.id() + " " + view.streams().size())
                .containsExactly("contracts/c.yaml c1 1", "contracts/d.yaml d1 0");
        return contracts.contracts().getFirst().streams().getFirst();
    }

    @Test
    void everyRuleIsEnforcedOrToldWhyNot() throws Exception {
        assertThat(stream())
                .isEqualTo(
                        new StreamView(
                                "s.click",
                                List.of(
                                        new EnforcedRule("mail", "logicalType string"),
                                        new EnforcedRule("mail", "maxLength 9"),
                                        new EnforcedRule("mail", "unique")),
                                List.of(
                                        new NotEnforced(
                                                "",
                                                "rowCount",
                                                "it counts the rows of the table",
                                                10))));
    }

    @Test
    void aUniqueRuleOfATableWithoutItsIndexIsNotEnforced() throws Exception {
        JdbcClient sql = JdbcClient.create(database);
        sql.sql("CREATE SCHEMA s").update();
        sql.sql("CREATE TABLE s.click (mail text)").update();

        assertThat(stream().notEnforced())
                .extracting(NotEnforced::rule)
                .containsExactly("rowCount", "unique");

        sql.sql("CREATE UNIQUE INDEX mr_unique_click__mail ON s.click (mail)").update();

        assertThat(stream().notEnforced()).hasSize(1);
    }
}
