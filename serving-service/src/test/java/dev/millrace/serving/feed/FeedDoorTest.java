package dev.millrace.serving.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.access.CallerKeyClient;
import dev.millrace.serving.query.RunningService;

import io.micrometer.core.instrument.MeterRegistry;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

@Timeout(300)
class FeedDoorTest {

    private static FeedStage stage;
    private static CallerKeyClient keys;

    @BeforeAll
    static void start() {
        stage =
                new FeedStage(
                        "millrace.serving.feed.max-waiters=1",
                        "millrace.serving.budgets.patience=1s");
        keys = new CallerKeyClient(stage.service);
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @BeforeEach
    void empty() {
        stage.sql(
                """
                ALTER TABLE web.click DISABLE ROW LEVEL SECURITY;
                ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY;
                TRUNCATE web.click, web.parted, shop.orders, transform.relation_version, transform.change_batch;
                """);
    }

    @Test
    void allRowsComeFirstAndThenWhatWasAdded() {
        stage.append("a", "b");
        stage.append("c");

        FeedStage.Pages first = stage.all("web.click", null, 2);
        stage.append("e", "d");
        stage.append("f");
        FeedStage.Pages second = stage.all("web.click", first.cursor(), 2);

        assertThat(first.told()).containsExactlyInAnyOrder("insert a", "insert b", "insert c");
        assertThat(second.told()).containsExactly("insert d", "insert e", "insert f");
        assertThat(second.rows())
                .extracting(row -> row.path("version").asLong())
                .containsExactly(3L, 3L, 4L);
        assertThat(second.rows().getFirst().path("row").path("note").asString()).isEqualTo("of d");
        assertThat(
                        Instant.parse(
                                second.rows()
                                        .getFirst()
                                        .path("changedAt")
                                        .asString()
                                        .replace("+00:00", "Z")))
                .isBeforeOrEqualTo(Instant.now());
        assertThat(stage.all("web.click", second.cursor(), 2).told()).isEmpty();
    }

    @Test
    void rowsThatAreAddedWhileAllAreReadComeOnceAndAfterThem() {
        stage.append("a", "b", "c");
        JsonNode page = stage.page("web.click", null, 1);
        stage.append("d");

        FeedStage.Pages rest = stage.all("web.click", page.path("cursor").stringValue(), 1);

        assertThat(page.path("more").asBoolean()).isTrue();
        assertThat(rest.told()).containsExactly("insert b", "insert c", "insert d");
    }

    @Test
    void ofAKeyTheNewestStateIsToldAndThatItIsGone() {
        stage.put(Map.of("a", 1L, "b", 1L, "c", 1L), List.of());
        FeedStage.Pages all = stage.all("shop.orders", null, 10);
        stage.put(Map.of("a", 2L), List.of());
        stage.put(Map.of("d", 1L), List.of("b"));
        stage.put(Map.of("a", 3L), List.of());

        FeedStage.Pages changes = stage.all("shop.orders", all.cursor(), 1);

        assertThat(all.told()).containsExactlyInAnyOrder("upsert a", "upsert b", "upsert c");
        assertThat(changes.told()).containsExactly("delete b", "upsert d", "upsert a");
        assertThat(changes.rows().getFirst().has("row")).isFalse();
        assertThat(changes.rows().getLast().path("row").path("n").asLong()).isEqualTo(3);
        assertThat(changes.rows().getLast().path("version").asLong()).isEqualTo(4);
    }

    @Test
    void keysThatChangeWhileAllAreReadComeOnceAndAfterThem() {
        stage.put(Map.of("a", 1L, "b", 1L, "c", 1L), List.of());
        JsonNode page = stage.page("shop.orders", null, 1);
        String read = page.path("data").path(0).path("key").asString();
        List<String> others = List.of("a", "b", "c").stream().filter(k -> !k.equals(read)).toList();
        stage.put(Map.of(others.getFirst(), 2L), List.of());

        FeedStage.Pages rest = stage.all("shop.orders", page.path("cursor").stringValue(), 1);

        assertThat(rest.told())
                .containsExactly("upsert " + others.getLast(), "upsert " + others.getFirst());
    }

    @Test
    void whoBeginsNowGetsOnlyWhatComes() {
        stage.append("a");
        String cursor = stage.page("web.click", "now", 10).path("cursor").stringValue();
        stage.append("b");

        assertThat(stage.all("web.click", cursor, 10).told()).containsExactly("insert b");
    }

    @Test
    void twoTransactionsOfTheSameMomentAreToldApart() {
        Instant moment = Instant.now();
        String cursor = stage.page("web.click", "now", 10).path("cursor").stringValue();
        stage.append(moment, List.of("a", "z"), "t");
        String between = stage.all("web.click", cursor, 10).cursor();
        stage.append(moment, List.of("b", "y"), "t");

        assertThat(stage.all("web.click", between, 1).told())
                .containsExactly("insert b", "insert y");
        assertThat(stage.all("web.click", cursor, 1).told())
                .containsExactly("insert a", "insert z", "insert b", "insert y");
    }

    @Test
    void rowsOfPartitionsComeOnceEach() {
        Instant old = Instant.parse("2025-06-01T00:00:00Z");
        Instant recent = Instant.parse("2026-06-01T00:00:00Z");
        stage.append("web.parted", old, List.of("a", "b", "c"), "t");
        stage.append("web.parted", recent, List.of("d", "e"), "t");
        JsonNode page = stage.page("web.parted", null, 2);
        stage.append("web.parted", old.plusSeconds(1), List.of("f"), "t");
        stage.append("web.parted", recent.plusSeconds(1), List.of("g"), "t");

        FeedStage.Pages rest = stage.all("web.parted", page.path("cursor").stringValue(), 2);

        assertThat(page.path("data"))
                .extracting(FeedStage::told)
                .containsExactly("insert a", "insert b");
        assertThat(rest.told())
                .containsExactly("insert c", "insert d", "insert e", "insert f", "insert g");
    }

    @Test
    void moreThanIsLookedAtTogetherComesInParts() {
        String cursor = stage.page("shop.orders", "now", 1).path("cursor").stringValue();
        put(1, 1, 15_000);
        put(2, 10_000, 25_000);
        put(3, 1, 2);

        FeedStage.Pages changes = stage.all("shop.orders", cursor, 10_000);

        assertThat(changes.rows()).hasSize(25_002);
        assertThat(changes.rows()).extracting(row -> row.path("version").asLong()).isSorted();
        assertThat(changes.told().subList(25_000, 25_002))
                .containsExactly("upsert k1", "upsert k2");
        assertThat(changes.rows())
                .filteredOn(row -> row.path("key").asString().equals("k12000"))
                .extracting(row -> row.path("version").asLong())
                .containsExactly(2L);
    }

    private static void put(int version, int from, int to) {
        stage.sql(
                """
                BEGIN;
                INSERT INTO shop.orders SELECT 'k' || i, now(), now(), 't', %1$d, '' FROM generate_series(%2$d, %3$d) i
                  ON CONFLICT (_mr_id) DO UPDATE SET n = excluded.n;
                INSERT INTO transform.relation_version AS v VALUES ('shop.orders', 1, now())
                  ON CONFLICT (relation) DO UPDATE SET version = v.version + 1;
                INSERT INTO transform.change_batch (relation, version, table_oid, loaded_at, rows, keys)
                  SELECT 'shop.orders', %1$d, 'shop.orders'::regclass, now(), 0, array_agg('k' || i)
                  FROM generate_series(%2$d, %3$d) i;
                COMMIT
                """
                        .formatted(version, from, to));
    }

    @Test
    void rowsFarFromTheEndAreFoundToo() {
        stage.append(IntStream.range(0, 40_000).mapToObj(i -> "a" + i).toArray(String[]::new));
        String cursor = stage.page("web.click", "now", 1).path("cursor").stringValue();
        stage.sql("DELETE FROM web.click WHERE _mr_id < 'a2'");
        vacuum();
        stage.append("z1");

        assertThat(stage.all("web.click", cursor, 10).told()).containsExactly("insert z1");
        assertThat(stage.all("web.click", null, 10_000).rows()).hasSizeGreaterThan(20_000);
    }

    private static void vacuum() {
        stage.sql("VACUUM web.click");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Nobody knows what went.
                "DELETE FROM shop.orders",
                "TRUNCATE shop.orders",
                // Kept for so long and no longer.
                "DELETE FROM transform.change_batch WHERE version = 2"
            })
    void whereChangesAreNotKnownAllRowsAreReadAnew(String sql) {
        stage.put(Map.of("a", 1L), List.of());
        String cursor = stage.all("shop.orders", null, 10).cursor();
        stage.put(Map.of("b", 1L), List.of());
        stage.change("shop.orders", sql);

        JsonNode page = stage.page("shop.orders", cursor, 10);

        assertThat(page.path("reset").asBoolean()).isTrue();
        assertThat(page.path("more").asBoolean()).isTrue();
        assertThat(page.path("data")).isEmpty();
        FeedStage.Pages anew = stage.all("shop.orders", page.path("cursor").stringValue(), 10);
        stage.put(Map.of("c", 1L), List.of());
        assertThat(stage.all("shop.orders", anew.cursor(), 10).told()).containsExactly("upsert c");
    }

    @Test
    void aTableInThePlaceOfAnotherIsReadAnew() {
        stage.sql(
                """
                DROP TABLE IF EXISTS shop.model;
                CREATE TABLE shop.model AS SELECT 1 AS a; GRANT SELECT ON shop.model TO millrace_reader;
                INSERT INTO transform.feed VALUES ('shop.model', 'infinity', true) ON CONFLICT DO NOTHING;
                """);
        stage.change("shop.model", "SELECT 1");
        FeedStage.Pages first = stage.all("shop.model", null, 10);
        stage.change(
                "shop.model",
                """
                CREATE TABLE shop.next AS SELECT 2 AS a; GRANT SELECT ON shop.next TO millrace_reader;
                DROP TABLE shop.model; ALTER TABLE shop.next RENAME TO model;
                """);

        JsonNode page = stage.page("shop.model", first.cursor(), 10);

        assertThat(first.told()).containsExactly("insert -");
        assertThat(page.path("reset").asBoolean()).isTrue();
        assertThat(stage.all("shop.model", page.path("cursor").stringValue(), 10).rows())
                .extracting(row -> row.path("row").path("a").asInt())
                .containsExactly(2);
    }

    @Test
    void whoWaitsIsToldWhenSomethingComes() {
        stage.append("a");
        String cursor = stage.all("web.click", null, 10).cursor();
        CompletableFuture<RunningService.Answer> waiting =
                CompletableFuture.supplyAsync(
                        () -> stage.ask("/v1/feed/web.click?wait=30&since=" + cursor));
        awaitWaiter();

        assertThat(stage.ask("/v1/feed/web.click?wait=30&since=" + cursor).status())
                .as("there is room for one")
                .isEqualTo(503);
        long began = System.nanoTime();
        stage.append("b");

        assertThat(waiting.join().body().path("data"))
                .extracting(FeedStage::told)
                .containsExactly("insert b");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }

    private static void awaitWaiter() {
        await().atMost(Duration.ofSeconds(60)).until(() -> waiters() == 1);
    }

    private static double waiters() {
        return stage.service
                .bean(MeterRegistry.class)
                .get("millrace.serving.feed.waiters")
                .gauge()
                .value();
    }

    @Test
    void whoLeavesMakesRoom() {
        stage.append("a");
        String cursor = stage.all("web.click", null, 10).cursor();
        HttpClient leaving = HttpClient.newHttpClient();
        CompletableFuture<HttpResponse<Void>> waiting =
                leaving.sendAsync(
                        stage.request("/v1/feed/web.click?wait=30&since=" + cursor).GET().build(),
                        HttpResponse.BodyHandlers.discarding());
        awaitWaiter();

        waiting.cancel(true);
        leaving.shutdownNow();

        await().atMost(25, TimeUnit.SECONDS).until(() -> waiters() == 0);
    }

    @Test
    void whoWaitsInVainGetsAnEmptyPage() {
        stage.append("a");
        String cursor = stage.all("web.click", null, 10).cursor();

        RunningService.Answer answer = stage.ask("/v1/feed/web.click?wait=1&since=" + cursor);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("data")).isEmpty();
        assertThat(answer.body().path("more").asBoolean()).isFalse();
        assertThat(answer.body().path("cursor").asString()).isEqualTo(cursor);
    }

    @Test
    void linesOfJsonEndWithTheCursor() {
        stage.append("a", "b");

        List<String> lines =
                stage.service
                        .text(
                                stage.request("/v1/feed/web.click")
                                        .header("Accept", "application/x-ndjson")
                                        .GET()
                                        .build())
                        .lines()
                        .toList();

        assertThat(lines).hasSize(3);
        assertThat(lines.getFirst())
                .startsWith("{\"op\":\"insert\",\"version\":1")
                .contains("\"row\":{");
        assertThat(lines.getLast()).startsWith("{\"cursor\":\"").contains("\"more\":false");
    }

    @Test
    void csvHasTheCursorInItsHead() throws Exception {
        stage.append("a");
        stage.sql("UPDATE web.click SET note = 'a,\"b\"', n = 9007199254740993");

        HttpResponse<String> answer =
                HttpClient.newHttpClient()
                        .send(
                                stage.request("/v1/feed/web.click")
                                        .header("Accept", "text/csv")
                                        .GET()
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());

        List<String> lines = answer.body().lines().toList();
        assertThat(lines.getFirst())
                .isEqualTo(
                        "_mr_op,_mr_version,_mr_changed_at,_mr_key,_mr_id,_mr_event_at,_mr_loaded_at,tenant,n,note");
        assertThat(lines.getLast())
                .startsWith("insert,1,,a,a,")
                .endsWith(",t,9007199254740993,\"a,\"\"b\"\"\"");
        String cursor = answer.headers().firstValue("X-Millrace-Cursor").orElseThrow();
        assertThat(answer.headers().firstValue("Link"))
                .hasValue("</v1/feed/web.click?since=" + cursor + ">; rel=\"next\"");
        assertThat(stage.all("web.click", cursor, 10).told()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/feed/web",
                "/v1/feed/.click",
                "/v1/feed/web.",
                "/v1/feed/web.click?limit=0",
                "/v1/feed/web.click?limit=10001",
                "/v1/feed/web.click?limit=99999999999999999999",
                "/v1/feed/web.click?limit=x",
                "/v1/feed/web.click?wait=31",
                "/v1/feed/web.click?wait=-1",
                "/v1/feed/web.click?since=",
                "/v1/feed/web.click?since=%00",
                "/v1/feed/web.click?since=bm90IGEgY3Vyc29y",
            })
    void whatIsNotUnderstoodIsExplained(String path) {
        RunningService.Answer answer = stage.ask(path);

        assertThat(answer.status()).as(path).isEqualTo(400);
        assertThat(answer.body().path("detail").asString()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/feed/web.nothing",
                "/v1/feed/nowhere.click",
                "/v1/feed/pg_catalog.pg_authid",
                "/v1/feed/transform.relation_version",
                "/v1/feed/millrace.tenant_keys",
                "/v1/feed/web.click%22%20--",
                "/v1/feed/%22web%22.%22click%22"
            })
    void whatNobodyMayReadIsNotThere(String path) {
        assertThat(stage.ask(path).status()).as(path).isEqualTo(404);
    }

    @Test
    void aViewHasNoChanges() {
        stage.sql(
                "CREATE OR REPLACE VIEW web.seen AS SELECT 1 AS a; GRANT SELECT ON web.seen TO"
                        + " millrace_reader");

        assertThat(stage.ask("/v1/feed/web.seen").status()).isEqualTo(400);
    }

    @Test
    void aCursorOfAnotherRelationIsRefused() {
        stage.append("a");
        String cursor = stage.page("web.click", "now", 1).path("cursor").stringValue();

        assertThat(stage.ask("/v1/feed/shop.orders?since=" + cursor).status()).isEqualTo(400);
    }

    @Test
    void aCursorThatSomebodyMadeUpGivesNothingElse() {
        stage.append("a");
        for (String forged :
                List.of(
                        "[1,\"web.click\",1,\"c\",0,0,0,null,0]",
                        "[1,\"web.click\",%d,\"c\",900,0,0,null,0]",
                        "[1,\"web.click\",%d,\"c\",0,900,0,null,0]",
                        "[1,\"web.click\",%d,\"s\",1,1,0,0,0]",
                        "[1,\"web.click\",%d,\"s\",%d,900,0,0,0]")) {
            long oid = Long.parseLong(oid());
            String text =
                    Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(
                                    forged.formatted(oid, oid).getBytes(StandardCharsets.UTF_8));

            assertThat(stage.page("web.click", text, 10).path("reset").asBoolean())
                    .as(forged)
                    .isTrue();
        }
    }

    private static String oid() {
        Cursor cursor =
                Cursor.parse(stage.page("web.click", "now", 1).path("cursor").stringValue())
                        .orElseThrow();
        return Long.toString(cursor.oid());
    }

    @Test
    void whoHasNoScopeForFeedsIsRefused() {
        assertThat(stage.ask("/v1/feed/web.click", FeedStage.token(Map.of("sub", "x"))).status())
                .isEqualTo(403);
        assertThat(
                        stage.ask(
                                        "/v1/feed/web.click",
                                        FeedStage.token(Map.of("scopes", "feeds feeding")))
                                .status())
                .isEqualTo(403);
        assertThat(
                        stage.ask(
                                        "/v1/feed/web.click",
                                        FeedStage.token(Map.of("scopes", List.of("feed"))))
                                .status())
                .isEqualTo(200);
    }

    @Test
    void aTenantSeesItsOwnRowsAlone() {
        stage.append(Instant.now(), List.of("a1"), "a");
        stage.sql("SELECT millrace.separate_tenants('web.click', 'tenant')");
        String token = FeedStage.token(Map.of("scopes", "feed", "tenant_id", "a"));
        String cursor =
                stage.ask("/v1/feed/web.click?since=now", token).body().path("cursor").asString();
        stage.append(Instant.now(), List.of("b2"), "b");
        stage.append(Instant.now(), List.of("a2"), "a");

        assertThat(stage.ask("/v1/feed/web.click", token).body().path("data"))
                .extracting(FeedStage::told)
                .containsExactlyInAnyOrder("insert a1", "insert a2");
        assertThat(stage.ask("/v1/feed/web.click?since=" + cursor, token).body().path("data"))
                .extracting(FeedStage::told)
                .containsExactly("insert a2");
        assertThat(stage.ask("/v1/feed/web.click").status()).as("no tenant").isEqualTo(403);
    }

    @Test
    void aTenantGetsNoFeedThatWouldTellOfOthers() {
        String token = FeedStage.token(Map.of("scopes", "feed", "tenant_id", "a"));

        assertThat(stage.ask("/v1/feed/web.click", token).status())
                .as("not separated")
                .isEqualTo(403);
        stage.sql("SELECT millrace.separate_tenants('shop.orders', 'tenant')");
        assertThat(stage.ask("/v1/feed/shop.orders", token).status()).as("keys go").isEqualTo(403);
    }

    @Test
    void withoutKafkaNobodyIsAskedToWriteChangesDown() {
        stage.sql(
                "CREATE TABLE IF NOT EXISTS web.other (a int); GRANT SELECT ON web.other TO"
                        + " millrace_reader");

        RunningService.Answer answer = stage.ask("/v1/feed/web.other");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body().path("detail").asString()).contains("Kafka");
    }

    @Test
    void aFormThatThereIsNotIsNotGiven() {
        assertThat(
                        stage.service
                                .send(
                                        stage.request("/v1/feed/web.click")
                                                .header("Accept", "application/xml")
                                                .GET()
                                                .build())
                                .status())
                .isEqualTo(406);
    }

    @Test
    void whoPulledWhichRelationIsWrittenDown() {
        stage.append("a", "b", "c");
        String token = FeedStage.token(Map.of("sub", "audited", "scopes", "feed"));
        RunningService.Answer answer = stage.ask("/v1/feed/web.click", token);
        stage.ask("/v1/feed/web.nothing", token);

        await().atMost(Duration.ofSeconds(60))
                .until(() -> accesses("account=token:audited").size() == 2);
        JsonNode access = accesses("account=token:audited&member=web.click").path(0).path("access");
        assertThat(access.path("dimensions").toString()).isEqualTo("[\"web.click\"]");
        assertThat(access.path("rows").asInt()).isEqualTo(3);
        assertThat(access.path("bytes").asInt())
                .isEqualTo(answer.response().body().getBytes(StandardCharsets.UTF_8).length);
        assertThat(access.path("door").asString()).isEqualTo("feed");
        assertThat(access.path("outcome").asString()).isEqualTo("ok");
    }

    private static JsonNode accesses(String parameters) {
        return keys.operators("GET", "/accesses?" + parameters, "").body().path("accesses");
    }

    @Test
    void rowsOfFeedsCountForTheBudgetOfADay() {
        stage.append("a", "b", "c");
        String key = keys.key("{'name': 'daily', 'scopes': ['feed'], 'budget': {'rowsPerDay': 2}}");

        assertThat(stage.ask("/v1/feed/web.click", key).status()).isEqualTo(200);
        assertThat(stage.ask("/v1/feed/web.click", key).status()).isEqualTo(429);
    }

    @Test
    void aFeedThatIsReadIsOneOfTheQueriesOfItsCaller() throws SQLException {
        stage.append("a");
        String key =
                keys.key("{'name': 'one', 'scopes': ['feed'], 'budget': {'concurrentQueries': 1}}");
        CompletableFuture<RunningService.Answer> first;
        try (Connection writer = stage.warehouse.connection(Role.TRANSFORM);
                Statement locking = writer.createStatement()) {
            writer.setAutoCommit(false);
            locking.execute("LOCK TABLE web.click IN ACCESS EXCLUSIVE MODE");
            first = CompletableFuture.supplyAsync(() -> stage.ask("/v1/feed/web.click", key));
            await().atMost(Duration.ofSeconds(30)).until(() -> blocked(locking) == 1);

            RunningService.Answer second = stage.ask("/v1/feed/shop.orders", key);

            assertThat(second.status()).as(second.body().toString()).isEqualTo(429);
            assertThat(second.response().headers().firstValue("Retry-After")).hasValue("1");
            assertThat(second.body().path("detail").asString()).contains("key one run and wait");
            writer.rollback();
        }
        assertThat(first.join().status()).isEqualTo(200);
    }

    private static long blocked(Statement statement) throws SQLException {
        try (ResultSet row =
                statement.executeQuery(
                        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation ="
                                + " 'web.click'::regclass")) {
            row.next();
            return row.getLong(1);
        }
    }
}
