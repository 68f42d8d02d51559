package dev.millrace.contracts.project.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.project.ProjectLoader.Kind;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Set;

class SourceFilesTest {

    private final ProjectLoader loader =
            new ProjectLoader(
                    Environment.of(Map.of("WEB_WRITE_KEY", "wk-1", "OTHER_KEY", "wk-2")),
                    Set.of(Kind.SOURCES));

    @Test
    void aSegmentSourceIsReadWhole() throws InvalidProjectException {
        Project project =
                load(
                        """
                        sources:
                          - name: web
                            owner: growth@shop.example
                            type: segment
                            write_key: ${WEB_WRITE_KEY}
                            strict: true
                            schema_contract: {tables: evolve, columns: freeze, data_type: discard_row}
                            pii: {context.ip: drop, traits.email: hash}
                            streams:
                              - {name: order_completed, event_time: properties.ordered_at}
                        """);

        assertThat(project.source("web"))
                .contains(
                        new SegmentSource(
                                "web",
                                "growth@shop.example",
                                "wk-1",
                                true,
                                new SchemaContract(
                                        SchemaContract.Mode.EVOLVE,
                                        SchemaContract.Mode.FREEZE,
                                        SchemaContract.Mode.DISCARD_ROW),
                                List.of(
                                        new PiiRule(List.of("context", "ip"), PiiRule.Action.DROP),
                                        new PiiRule(
                                                List.of("traits", "email"), PiiRule.Action.HASH)),
                                List.of(
                                        new StreamSettings(
                                                "order_completed",
                                                null,
                                                StreamSettings.Format.JSON,
                                                null,
                                                List.of("properties", "ordered_at")))));
    }

    @Test
    void aKafkaSourceIsReadWhole() throws InvalidProjectException {
        Project project =
                load(
                        """
                        sources:
                          - name: clicks
                            type: kafka
                            schema_contract: freeze
                            streams: [{name: click, topic: shop.clicks.v1, id: click_id, event_time: at, partition: week, tenant: tenant_id}]
                        """);

        assertThat(project.source("clicks"))
                .contains(
                        new KafkaSource(
                                "clicks",
                                null,
                                SchemaContract.all(SchemaContract.Mode.FREEZE),
                                List.of(
                                        new StreamSettings(
                                                "click",
                                                "shop.clicks.v1",
                                                StreamSettings.Format.JSON,
                                                List.of("click_id"),
                                                List.of("at"),
                                                Writing.APPEND,
                                                null,
                                                PartitionBy.WEEK,
                                                "tenant_id"))));
    }

    @Test
    void aStreamSaysHowItsRecordsGoIntoItsTable() throws InvalidProjectException {
        Project project =
                load(
                        """
                        sources:
                          - name: shop
                            type: kafka
                            streams:
                              - {name: a, topic: a, format: debezium}
                              - {name: b, topic: b, format: debezium, primary_key: [id], deletes: history, generation: 2}
                              - {name: c, topic: c, write_disposition: merge, primary_key: [order.id, line], deletes: soft}
                              - {name: d, topic: d, format: debezium, write_disposition: append}
                              - {name: e, topic: e, write_disposition: replace, id: id}
                        """);

        assertThat(
                        project.source("shop").orElseThrow().streams().stream()
                                .map(StreamSettings::writing))
                .containsExactly(
                        new Writing(Writing.Disposition.MERGE, List.of(), Writing.Deletes.HARD, 1),
                        new Writing(
                                Writing.Disposition.MERGE,
                                List.of(List.of("id")),
                                Writing.Deletes.HISTORY,
                                2),
                        new Writing(
                                Writing.Disposition.MERGE,
                                List.of(List.of("order", "id"), List.of("line")),
                                Writing.Deletes.SOFT,
                                1),
                        Writing.APPEND,
                        Writing.REPLACE);
    }

    @Test
    void theWriteKeyIsNotInTheText() throws InvalidProjectException {
        Project project =
                load("sources: [{name: web, type: segment, write_key: \"${WEB_WRITE_KEY}\"}]");

        assertThat(project.sources().toString()).contains("web").doesNotContain("wk-1");
    }

    @Test
    void allMistakesOfAllFilesAreToldAtOnce() {
        List<Problem> problems =
                problems(
                        Map.of(
                                "sources/a.yml",
                                """
                                sources:
                                  - name: Web
                                    type: segmnt
                                  - name: app
                                    type: segment
                                    write_keys: x
                                """,
                                "sources/b.yml",
                                """
                                sources:
                                  - name: app
                                    type: segment
                                    write_key: ${NOT_SET}
                                    pii: {context.ip: hide}
                                """));

        assertThat(problems.stream().map(Problem::toString))
                .satisfiesExactly(
                        p -> assertThat(p).startsWith("sources/a.yml:2:5: the name 'Web'"),
                        p ->
                                assertThat(p)
                                        .startsWith("sources/a.yml:3:5: ")
                                        .contains("did you mean 'segment'?"),
                        p ->
                                assertThat(p)
                                        .startsWith("sources/a.yml:4:5: ")
                                        .contains("'write_key' is required"),
                        p ->
                                assertThat(p)
                                        .startsWith("sources/a.yml:6:5: ")
                                        .contains("did you mean 'write_key'?"),
                        p ->
                                assertThat(p)
                                        .startsWith("sources/b.yml:2:5: ")
                                        .contains("another source 'app'"),
                        p -> assertThat(p).startsWith("sources/b.yml:4:16: ").contains("NOT_SET"),
                        p ->
                                assertThat(p)
                                        .startsWith("sources/b.yml:5:23: ")
                                        .contains("hash, drop, mask, keep"));
    }

    @Test
    void twoSourcesCannotShareAWriteKey() {
        assertThat(
                        problems(
                                Map.of(
                                        "sources/a.yml",
                                        """
                                        sources:
                                          - {name: web, type: segment, write_key: "${WEB_WRITE_KEY}"}
                                          - {name: app, type: segment, write_key: "${WEB_WRITE_KEY}"}
                                        """)))
                .singleElement()
                .satisfies(p -> assertThat(p.message()).contains("'web' has the same write key"))
                .satisfies(p -> assertThat(p.message()).doesNotContain("wk-1"));
    }

    @Test
    void twoStreamsCannotReadOneTopic() {
        assertThat(
                        problems(
                                Map.of(
                                        "sources/a.yml",
                                        """
                                        sources:
                                          - {name: a, type: kafka, streams: [{name: s, topic: t}]}
                                          - {name: b, type: kafka, streams: [{name: s, topic: t}]}
                                        """)))
                .singleElement()
                .satisfies(p -> assertThat(p.message()).contains("'a.s' reads the same topic"));
    }

    @Test
    void topicsOfMillraceItselfCannotBeDeclared() {
        assertThat(
                        problems(
                                Map.of(
                                        "sources/a.yml",
                                        "sources: [{name: a, type: kafka, streams: [{name: s,"
                                                + " topic: raw.web}]}]")))
                .singleElement()
                .satisfies(p -> assertThat(p.message()).contains("raw.web", "belongs"));
    }

    @Test
    void aTypeThatIsPlannedSaysThatItIsNotOfferedYet() {
        assertThat(problems(Map.of("sources/a.yml", "sources: [{name: pos, type: jdbc}]")))
                .singleElement()
                .satisfies(p -> assertThat(p.message()).contains("not offered by this version"));
    }

    @Test
    void schemasOfTheServicesAreNoSourceNames() {
        assertThat(
                        problems(
                                Map.of(
                                        "sources/a.yml",
                                        "sources: [{name: transform, type: kafka, streams: [{name:"
                                                + " s, topic: t}]}]")))
                .singleElement()
                .satisfies(p -> assertThat(p.message()).contains("is taken"));
    }

    @Test
    void aServiceThatDoesNotUseSourcesIsNotStoppedByThem() throws InvalidProjectException {
        ProjectLoader other = new ProjectLoader(Environment.of(Map.of()), Set.of());

        assertThat(other.load(files(Map.of("sources/a.yml", "nonsense: ["))).sources()).isEmpty();
    }

    private Project load(String yaml) throws InvalidProjectException {
        return loader.load(files(Map.of("sources/a.yml", yaml)));
    }

    private List<Problem> problems(Map<String, String> texts) {
        InvalidProjectException invalid =
                catchThrowableOfType(
                        InvalidProjectException.class, () -> loader.load(files(texts)));
        return invalid.problems();
    }

    private static ProjectFiles files(Map<String, String> texts) {
        return ProjectFiles.of(
                texts.entrySet().stream()
                        .collect(
                                java.util.stream.Collectors.toMap(
                                        Map.Entry::getKey, e -> e.getValue().getBytes(UTF_8))));
    }
}
