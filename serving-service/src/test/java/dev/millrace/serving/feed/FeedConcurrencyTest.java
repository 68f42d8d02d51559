package dev.millrace.serving.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

import tools.jackson.databind.JsonNode;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Readers miss nothing and hear nothing twice while several write. */
@Timeout(600)
class FeedConcurrencyTest {

    private static final int WRITERS = 4;
    private static final int TRANSACTIONS = 50;

    private static FeedStage stage;

    private final AtomicBoolean areWriting = new AtomicBoolean(true);

    @BeforeAll
    static void start() {
        // So little that pages end now by their limit, and now by this.
        stage = new FeedStage("millrace.serving.feed.max-page-bytes=8KB");
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    private static void empty() {
        stage.sql(
                "TRUNCATE web.click, shop.orders, transform.relation_version,"
                        + " transform.change_batch");
    }

    /** What one reader was told, page by page. */
    private List<JsonNode> pull(String relation, @Nullable String since, Random random) {
        List<JsonNode> told = new ArrayList<>();
        String cursor = since;
        while (true) {
            // What was committed before this was seen is in the page that is asked for after it.
            boolean isLast = !areWriting.get();
            JsonNode page = stage.page(relation, cursor, 1 + random.nextInt(40));
            assertThat(page.path("reset").asBoolean()).isFalse();
            page.path("data").forEach(told::add);
            cursor = page.path("cursor").stringValue();
            if (isLast && !page.path("more").asBoolean()) {
                return told;
            }
        }
    }

    @RepeatedTest(3)
    void eachRowThatIsAddedIsToldOnceInTheOrderOfCommits() throws Exception {
        empty();
        AtomicInteger count = new AtomicInteger();
        append(0, count, new Random(1));
        String now = stage.page("web.click", "now", 1).path("cursor").stringValue();
        int before = count.get();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<List<JsonNode>> all =
                    threads.submit(() -> pull("web.click", null, new Random(2)));
            Future<List<JsonNode>> later =
                    threads.submit(() -> pull("web.click", now, new Random(3)));
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 1; writer <= WRITERS; writer++) {
                int number = writer;
                writers.add(
                        threads.submit(
                                () -> {
                                    Random random = new Random(number);
                                    for (int i = 0; i < TRANSACTIONS; i++) {
                                        append(number, count, random);
                                    }
                                }));
            }
            end(writers);

            assertToldOnce(all.get(), count.get());
            assertToldOnce(later.get(), count.get() - before);
            assertThat(later.get()).extracting(row -> row.path("version").asLong()).isSorted();
        }
    }

    /** Of times so coarse that many transactions have the same. */
    private static void append(int writer, AtomicInteger count, Random random) {
        List<String> ids =
                IntStream.range(0, 1 + random.nextInt(12))
                        .mapToObj(_ -> "%d-%05d".formatted(writer, count.incrementAndGet()))
                        .toList();
        Instant coarse =
                Instant.ofEpochMilli(Instant.now().toEpochMilli() / 20 * 20)
                        .truncatedTo(ChronoUnit.MILLIS);
        stage.append(coarse, ids, "t");
    }

    private static void assertToldOnce(List<JsonNode> told, int count) {
        assertThat(told).extracting(FeedStage::told).doesNotHaveDuplicates().hasSize(count);
    }

    @RepeatedTest(3)
    void whoAppliesWhatIsToldOfKeysHasTheTable() throws Exception {
        empty();
        AtomicLong values = new AtomicLong();
        Random beginning = new Random(7);
        for (int i = 0; i < 20; i++) {
            put(values, beginning);
        }
        String now = stage.page("shop.orders", "now", 1).path("cursor").stringValue();
        Map<String, Long> then = table();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<List<JsonNode>> all =
                    threads.submit(() -> pull("shop.orders", null, new Random(2)));
            Future<List<JsonNode>> later =
                    threads.submit(() -> pull("shop.orders", now, new Random(3)));
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                Random random = new Random(writer);
                writers.add(
                        threads.submit(
                                () -> {
                                    for (int i = 0; i < TRANSACTIONS; i++) {
                                        put(values, random);
                                    }
                                }));
            }
            end(writers);

            assertThat(applied(new TreeMap<>(), all.get())).isEqualTo(table());
            assertThat(applied(then, later.get())).isEqualTo(table());
            assertThat(later.get()).extracting(row -> row.path("version").asLong()).isSorted();
            assertThat(all.get())
                    .extracting(row -> row.path("key").asString() + " " + row.path("version"))
                    .doesNotHaveDuplicates();
        }
    }

    private static void put(AtomicLong values, Random random) {
        Map<String, Long> changed = new TreeMap<>();
        List<String> removed = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            String key = "k" + random.nextInt(60);
            if (random.nextInt(4) == 0 && !changed.containsKey(key)) {
                removed.add(key);
            } else if (!removed.contains(key)) {
                changed.put(key, values.incrementAndGet());
            }
        }
        while (true) {
            try {
                stage.put(changed, removed);
                return;
            } catch (IllegalStateException e) {
                if (!(e.getCause() instanceof SQLException sql)
                        || !"40P01".equals(sql.getSQLState())) {
                    throw e;
                }
                // Two waited for each other, and one of them begins anew, as landing does.
            }
        }
    }

    private static Map<String, Long> applied(Map<String, Long> rows, List<JsonNode> told) {
        Map<String, Long> applied = new TreeMap<>(rows);
        for (JsonNode row : told) {
            String key = row.path("key").stringValue();
            if (row.path("op").asString().equals("delete")) {
                applied.remove(key);
            } else {
                applied.put(key, row.path("row").path("n").asLong());
            }
        }
        return applied;
    }

    private static Map<String, Long> table() throws SQLException {
        Map<String, Long> table = new TreeMap<>();
        try (Connection connection = stage.warehouse.connection(Role.TRANSFORM);
                Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery("SELECT _mr_id, n FROM shop.orders")) {
            while (rows.next()) {
                table.put(rows.getString(1), rows.getLong(2));
            }
        }
        return table;
    }

    private void end(List<Future<?>> writers) throws ExecutionException, InterruptedException {
        try {
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            areWriting.set(false);
        }
    }
}
