package dev.millrace.transform.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.event.FeedWanted;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

@Timeout(120)
class FollowedFeedsTest {

    private final Instant later = Instant.now().plus(Duration.ofDays(1));

    private final TestWarehouse warehouse = TestWarehouse.create();
    private final DataSource database = warehouse.dataSource(Role.TRANSFORM);
    private final JdbcClient sql = JdbcClient.create(database);
    private final FollowedFeeds feeds = new FollowedFeeds(database);

    @BeforeEach
    void tables() {
        Flyway.configure()
                .dataSource(database)
                .schemas("transform")
                .createSchemas(false)
                .locations("classpath:db/migration/transform")
                .load()
                .migrate();
    }

    @Test
    void aRelationIsFollowedOnlyWhenAllWhoDidNotKnowHaveEnded() throws SQLException {
        sql.sql("INSERT INTO transform.relation_version VALUES ('a.b', 1)").update();
        try (Connection writer = database.getConnection();
                Statement writing = writer.createStatement()) {
            writer.setAutoCommit(false);
            writing.execute("UPDATE transform.relation_version SET version = 2");

            CompletableFuture<Void> following =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    feeds.follow("a.b", later);
                                } catch (SQLException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            await().atMost(Duration.ofSeconds(30)).until(() -> waiting() == 1);

            assertThat(told()).isEmpty();
            writer.commit();
            following.join();
        }
        assertThat(told()).containsExactly("a.b");
    }

    private long waiting() {
        return sql.sql(
                        "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid"
                            + " FROM pg_database WHERE datname = current_database()) OR NOT granted"
                            + " AND locktype = 'transactionid'")
                .query(Long.class)
                .single();
    }

    private List<String> told() {
        return sql.sql("SELECT relation FROM transform.feeds").query(String.class).list();
    }

    @Test
    void aRelationIsFollowedAsLongAsAnybodyWantedAndNotLonger() throws SQLException {
        feeds.follow("a.b", later);
        feeds.follow("a.b", later.minusSeconds(60));
        feeds.clean(Duration.ofDays(7));
        assertThat(told()).containsExactly("a.b");

        sql.sql("UPDATE transform.feed SET until = now() - interval '1 second'").update();
        feeds.clean(Duration.ofDays(7));

        assertThat(told()).isEmpty();
    }

    @Test
    void changesAreKeptForReadersOutsideAndForLiveModels() throws SQLException {
        feeds.follow("a.b", later);
        new ChangeFeed(database).follow("m", List.of("a.b", "a.c"));
        batch("a.b", 1, "8 days");
        batch("a.b", 2, "3 days");
        batch("a.b", 3, "1 hour");
        batch("a.c", 1, "3 days");
        batch("a.c", 2, "1 hour");

        new ChangeFeed(database).clean(Duration.ofHours(24));
        assertThat(versions()).containsExactly("a.b 1", "a.b 2", "a.b 3", "a.c 2");

        feeds.clean(Duration.ofDays(7));
        assertThat(versions()).containsExactly("a.b 2", "a.b 3", "a.c 2");

        feeds.clean(Duration.ofMinutes(10));
        assertThat(versions())
                .as("the live model has yet to read")
                .containsExactly("a.b 3", "a.c 2");

        new ChangeFeed(database).passed("m", Map.of("a.b", 3L));
        feeds.clean(Duration.ofMinutes(10));
        assertThat(versions()).containsExactly("a.c 2");
    }

    private void batch(String relation, int version, String age) {
        sql.sql(
                        "INSERT INTO transform.change_batch (relation, version, table_oid,"
                                + " loaded_at, rows) VALUES (?, ?, 1, now() - ?::interval, 1)")
                .params(relation, version, age)
                .update();
    }

    private List<String> versions() {
        return sql.sql("SELECT relation || ' ' || version FROM transform.change_batch ORDER BY 1")
                .query(String.class)
                .list();
    }

    @Test
    void whatServingAnnouncesIsFollowedUnlessItIsOver() throws SQLException {
        Map<String, FeedWanted> wanted =
                Map.of(
                        "a.b", new FeedWanted("a.b", later),
                        "a.c", new FeedWanted("a.c", Instant.EPOCH));
        FeedFollowing following =
                new FeedFollowing(
                        () -> Optional.of(wanted),
                        feeds,
                        new FeedSettings(Duration.ofDays(7)),
                        Clock.systemUTC());

        following.look();
        following.look();

        assertThat(told()).containsExactly("a.b");
    }

    /** PostgreSQL takes no zero bytes: this one fails whenever it is tried. */
    @Test
    void oneThatCannotBeFollowedKeepsNoOtherFromIt() throws SQLException {
        Map<String, FeedWanted> wanted = new LinkedHashMap<>();
        wanted.put("bad", new FeedWanted("a.\0", later));
        wanted.put("good", new FeedWanted("a.b", later));
        FeedFollowing following =
                new FeedFollowing(
                        () -> Optional.of(wanted),
                        feeds,
                        new FeedSettings(Duration.ofDays(7)),
                        Clock.systemUTC());

        assertThat(following.look()).isFalse();
        assertThat(told()).containsExactly("a.b");

        wanted.remove("bad");
        assertThat(following.look()).isTrue();
    }

    @Test
    void beforeAnythingIsHeardNobodyIsFollowed() throws SQLException {
        new FeedFollowing(
                        Optional::empty,
                        feeds,
                        new FeedSettings(Duration.ofDays(7)),
                        Clock.systemUTC())
                .look();

        assertThat(told()).isEmpty();
    }

    @Test
    void readersSeeChangesAndWhoIsFollowedAndNothingElse() throws SQLException {
        batch("a.b", 1, "1 hour");
        JdbcClient reader = JdbcClient.create(warehouse.dataSource(Role.READER));

        assertThat(reader.sql("SELECT version FROM transform.changes").query(Long.class).list())
                .containsExactly(1L);
        assertThat(reader.sql("SELECT relation FROM transform.feeds").query(String.class).list())
                .isEmpty();
        assertThatThrownBy(
                        () ->
                                reader.sql("SELECT keys FROM transform.change_batch")
                                        .query(String.class)
                                        .list())
                .rootCause()
                .hasMessageContaining("permission denied");
    }

    @Test
    void keysOfATableOfTenantsAreShownToNoTenant() throws SQLException {
        sql.sql("CREATE SCHEMA web; CREATE TABLE web.t (tenant text)").update();
        sql.sql("SELECT millrace.separate_tenants('web.t', 'tenant')").query().listOfRows();
        sql.sql(
                        """
                        INSERT INTO transform.change_batch (relation, version, table_oid, loaded_at, rows, keys)
                        VALUES ('web.t', 1, 'web.t'::regclass, now(), 0, '{secret}')
                        """)
                .update();
        JdbcClient reader = JdbcClient.create(warehouse.dataSource(Role.READER));

        assertThat(
                        reader.sql(
                                        "SELECT is_keyed::text || coalesce(keys::text, ' hidden')"
                                                + " FROM transform.changes")
                                .query(String.class)
                                .single())
                .isEqualTo("true hidden");
    }
}
