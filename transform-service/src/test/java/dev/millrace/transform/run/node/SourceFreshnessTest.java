package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.check.FreshnessVerdict;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.model.parse.ManifestReader;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

class SourceFreshnessTest {

    private final ProjectStage stage = ProjectStage.create();

    @BeforeEach
    void tables() throws SQLException {
        stage.execute(
                """
                create schema web;
                create table web.orders (id int, at timestamptz);
                insert into web.orders values (1, now() - interval '90 minutes'), (2, now() - interval '5 hours');
                create table web.visits (id int, at timestamp, day date, said text);
                insert into web.visits values (1, now() at time zone 'utc' - interval '3 hours', current_date - 2, 'today');
                create table web.empty (at timestamptz)
                """);
    }

    private Map<String, SourceAge> ask(String tables) throws SQLException {
        stage.file(
                "models/web.yml",
                """
                sources:
                  - name: web
                    schema: web
                    freshness: {warn_after: {count: 1, period: hour}, error_after: {count: 4, period: hour}}
                    loaded_at_field: at
                    tables:
                """
                        + tables.indent(6));
        ManifestReader.Read read = stage.read();
        SourceFreshness freshness = new SourceFreshness(read.manifest(), read.workspace());
        Map<String, SourceAge> ages = new TreeMap<>();
        try (Session session = stage.session()) {
            for (SourceTable source : freshness.limited()) {
                ages.put(source.name(), freshness.ask(session, source));
            }
        }
        return ages;
    }

    private static SourceAge age(Map<String, SourceAge> ages, String table) {
        return Objects.requireNonNull(ages.get(table), table);
    }

    private FreshnessVerdict verdict(String table) throws SQLException {
        Map<String, SourceAge> ages = ask("- " + table);
        assertThat(ages).hasSize(1);
        return ages.values().iterator().next().verdict();
    }

    @Test
    void theNewestRowIsWhatCounts() throws SQLException {
        SourceAge age = age(ask("- name: orders"), "orders");

        assertThat(age.source()).isEqualTo("source.shop.web.orders");
        assertThat(age.verdict()).isEqualTo(FreshnessVerdict.WARN);
        assertThat(age.age()).isBetween(Duration.ofMinutes(90), Duration.ofMinutes(95));
        assertThat(age.problem()).isNull();
    }

    @Test
    void limitsOfATableGoBeforeThoseOfItsSource() throws SQLException {
        assertThat(verdict("{name: orders, freshness: {warn_after: {count: 1, period: day}}}"))
                .isEqualTo(FreshnessVerdict.PASS);
        assertThat(verdict("{name: orders, freshness: {error_after: {count: 80, period: minute}}}"))
                .isEqualTo(FreshnessVerdict.ERROR);
    }

    @Test
    void onlySomeRowsMayBeLookedAt() throws SQLException {
        assertThat(verdict("{name: orders, freshness: {filter: id > 1}}"))
                .isEqualTo(FreshnessVerdict.ERROR);
    }

    @Test
    void timesWithoutAZoneAreOnesOfUtcAndDaysBeginAtMidnight() throws SQLException {
        assertThat(verdict("{name: visits}")).isEqualTo(FreshnessVerdict.WARN);
        assertThat(verdict("{name: visits, loaded_at_field: day}"))
                .isEqualTo(FreshnessVerdict.ERROR);
    }

    @Test
    void aQueryOfTheProjectsMayTell() throws SQLException {
        assertThat(
                        verdict(
                                "{name: visits, loaded_at_query: \"select now() from {{"
                                        + " source('web', 'visits') }}\"}"))
                .isEqualTo(FreshnessVerdict.PASS);
    }

    @Test
    void aTableMaySayThatItHasNoLimits() throws SQLException {
        assertThat(ask("- {name: orders, freshness: null}\n- {name: visits}"))
                .containsOnlyKeys("visits");
        assertThat(ask("- {name: orders, config: {freshness: null}}")).isEmpty();
    }

    @Test
    void aLimitMayBeTakenAwayByItself() throws SQLException {
        assertThat(verdict("{name: orders, freshness: {warn_after: null}}"))
                .isEqualTo(FreshnessVerdict.PASS);
    }

    @Test
    void aTableMayChangePartOfALimit() throws SQLException {
        assertThat(verdict("{name: orders, freshness: {warn_after: {count: 2}}}"))
                .isEqualTo(FreshnessVerdict.PASS);
        assertThat(verdict("{name: orders, freshness: {error_after: {period: minute}}}"))
                .isEqualTo(FreshnessVerdict.ERROR);
    }

    @Test
    void whatTellsTheTimeMayStandUnderConfig() throws SQLException {
        assertThat(verdict("{name: visits, config: {loaded_at_field: day}}"))
                .isEqualTo(FreshnessVerdict.ERROR);
        assertThat(verdict("{name: visits, config: {loaded_at_query: select now()}}"))
                .isEqualTo(FreshnessVerdict.PASS);
        assertThat(
                        verdict(
                                "{name: orders, config: {freshness: {error_after: {count: 1,"
                                        + " period: minute}}}}"))
                .isEqualTo(FreshnessVerdict.ERROR);
    }

    @Test
    void aSourceMaySayItUnderConfigForAllItsTables() throws SQLException {
        stage.file(
                "models/config.yml",
                """
                sources:
                  - name: configured
                    schema: web
                    config:
                      freshness: {warn_after: {count: 1, period: hour}}
                      loaded_at_field: at
                    tables: [{name: orders}]
                """);

        assertThat(ask("- {name: visits, freshness: null}")).containsOnlyKeys("orders");
    }

    @Test
    void onlyOneThingTellsTheTime() {
        stage.file(
                "models/web.yml",
                """
                sources:
                  - name: web
                    tables: [{name: orders, loaded_at_field: at, loaded_at_query: select now()}]
                """);

        assertThat(stage.problems())
                .singleElement()
                .asString()
                .contains("'web.orders' has both 'loaded_at_field' and 'loaded_at_query'");
    }

    @Test
    void aLimitThatIsNoneIsTold() {
        stage.file(
                "models/web.yml",
                """
                sources:
                  - name: web
                    tables: [{name: orders, freshness: {warn_after: {count: 1, period: week}}}]
                """);

        assertThat(stage.problems())
                .singleElement()
                .asString()
                .contains("'warn_after' of the source table 'web.orders'", "week");
    }

    @Test
    void aTableWithoutRowsIsAsOldAsCanBe() throws SQLException {
        SourceAge age = age(ask("- name: empty"), "empty");

        assertThat(age.verdict()).isEqualTo(FreshnessVerdict.ERROR);
        assertThat(age.newest()).isEqualTo(Instant.parse("0001-01-01T00:00:00Z"));
    }

    @Test
    void whatCannotBeFoundOutIsTold() throws SQLException {
        Map<String, SourceAge> ages =
                ask(
                        """
                        - {name: visits, loaded_at_field: said}
                        - {name: gone}
                        """);

        assertThat(ages.values())
                .extracting(SourceAge::verdict)
                .containsOnly(FreshnessVerdict.RUNTIME_ERROR);
        assertThat(age(ages, "gone").problem())
                .startsWith("models/web.yml: source.shop.web.gone: ")
                .contains("does not exist");
        assertThat(age(ages, "visits").problem()).contains("gives a text, and no time: today");
    }

    @Test
    void theWordsAreThoseOfDbt() {
        assertThat(FreshnessVerdict.RUNTIME_ERROR.text()).isEqualTo("runtime error");
        assertThat(FreshnessVerdict.WARN.text()).isEqualTo("warn");
    }
}
