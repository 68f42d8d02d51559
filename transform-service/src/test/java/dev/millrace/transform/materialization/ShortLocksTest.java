package dev.millrace.transform.materialization;

import static dev.millrace.transform.materialization.BuildStage.DAILY;
import static dev.millrace.transform.materialization.BuildStage.ORDERS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Whoever builds neither waits for readers for long, nor makes them wait. */
@Timeout(60)
class ShortLocksTest {

    private final BuildStage stage = new BuildStage();

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void aViewWaitsForNoReaderThatForgotItsTransaction() throws Exception {
        stage.view(DAILY, "select 1 as n");
        try (Connection reader = stage.open(Role.READER, "select n from analytics.daily")) {
            assertThatThrownBy(() -> stage.view(DAILY, "select 2 as n"))
                    .isInstanceOf(BuildFailedException.class)
                    .hasMessageContaining("transaction that somebody forgot");
            reader.rollback();
        }

        assertThat(stage.query("select n from analytics.daily")).containsExactly("1");
        assertThat(relations()).containsExactly("daily");
    }

    @Test
    void aViewIsReplacedWhenItsReaderIsDone() throws Exception {
        stage.view(DAILY, "select 1 as n");
        stage.execute("create view analytics.reads as select n from analytics.daily");
        try (Connection reader = stage.open(Role.READER, "select n from analytics.daily")) {
            reader.commit();

            stage.view(DAILY, "select 2 as n");
        }

        assertThat(stage.query("select n from analytics.reads")).containsExactly("2");
    }

    @Test
    void aViewThatStaysTheSameIsLeftAlone() throws Exception {
        stage.table(ORDERS, "select 1 as n");
        stage.view(DAILY, "select n from analytics.orders where n > 0");
        List<String> before = stage.query("select 'analytics.daily'::regclass::oid");
        try (Connection reader = stage.open(Role.READER, "select n from analytics.daily")) {
            stage.view(DAILY, "SELECT n FROM analytics.orders -- the same\nwhere n > 0");
            reader.rollback();
        }

        assertThat(stage.query("select 'analytics.daily'::regclass::oid")).isEqualTo(before);
        assertThat(relations()).containsExactly("daily", "orders");
    }

    @Test
    void aViewOfOtherTypesIsNotTheSame() throws Exception {
        stage.execute("create schema analytics");
        stage.execute("create function analytics.f() returns int language sql as 'select 1'");
        stage.view(DAILY, "select analytics.f() as n");
        stage.execute("alter function analytics.f() rename to g");
        stage.execute("create function analytics.f() returns text language sql as $$select 'x'$$");

        stage.view(DAILY, "select analytics.f() as n");

        assertThat(stage.query("select n from analytics.daily")).containsExactly("x");
    }

    @Test
    void theMistakeOfAViewIsToldWhereItStands() throws Exception {
        stage.view(DAILY, "select 1 as n");

        assertThatThrownBy(() -> stage.view(DAILY, "select 1 as n,\n  nothing as x"))
                .isInstanceOfSatisfying(
                        ModelSqlException.class, e -> assertThat(e.offset()).isEqualTo(17));
        assertThat(stage.query("select n from analytics.daily")).containsExactly("1");
        assertThat(relations()).containsExactly("daily");
    }

    @Test
    void aViewThatIsDefinedAnewMeanwhileKeepsItsNewDefinition() throws Exception {
        stage.table(ORDERS, "select 5 as n");
        stage.view(DAILY, "select n from analytics.orders");
        try (Connection other =
                stage.open(
                        Role.MODELS,
                        "create or replace view analytics.daily as"
                                + " select n * 100 as n from analytics.orders")) {
            CompletableFuture<Built> build = stage.building(ORDERS, "select 6 as n");
            stage.awaitBlocked("SELECT DISTINCT c.oid"); // it reads definitions
            other.commit();
            build.join();
        }

        assertThat(stage.query("select n from analytics.daily")).containsExactly("600");
    }

    @Test
    void aViewThatIsDroppedMeanwhileStaysAway() throws Exception {
        stage.table(ORDERS, "select 5 as n");
        stage.view(DAILY, "select n from analytics.orders");
        try (Connection other = stage.open(Role.MODELS, "drop view analytics.daily")) {
            CompletableFuture<Built> build = stage.building(ORDERS, "select 6 as n");
            stage.awaitBlocked("SELECT DISTINCT c.oid"); // it reads definitions
            other.commit();
            build.join();
        }

        assertThat(stage.query("select n from analytics.orders")).containsExactly("6");
        assertThat(relations()).containsExactly("orders");
    }

    @Test
    void aViewThatIsMadeMeanwhileReadsTheNewTable() throws Exception {
        stage.table(ORDERS, "select 5 as n");
        try (Connection other =
                stage.open(
                        Role.MODELS,
                        "create view analytics.daily as select n from analytics.orders")) {
            CompletableFuture<Built> build = stage.building(ORDERS, "select 6 as n");
            stage.awaitBlocked("ALTER TABLE");
            other.commit();
            build.join();
        }

        assertThat(stage.query("select n from analytics.daily")).containsExactly("6");
    }

    @Test
    void readersGetInBetweenTheAttemptsOfABuild() throws Exception {
        stage.table(ORDERS, "select 1 as n");
        try (Connection forgotten = stage.open(Role.READER, "select n from analytics.orders")) {
            CompletableFuture<Built> build = stage.building(ORDERS, "select 2 as n");
            stage.awaitBlocked("ALTER TABLE");
            try (Connection reader = stage.open(Role.READER, "set lock_timeout = '1500ms'");
                    Statement statement = reader.createStatement()) {
                assertThat(statement.execute("select n from analytics.orders")).isTrue();
                reader.rollback();
            }
            forgotten.rollback();
            build.join();
        }

        assertThat(stage.query("select n from analytics.orders")).containsExactly("2");
    }

    private List<String> relations() throws Exception {
        return stage.query(
                "select relname from pg_class where relnamespace = 'analytics'::regnamespace and"
                        + " relkind in ('r', 'v') order by 1");
    }
}
