package dev.millrace.transform.landing;

import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.event.SchemaChanged;
import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.record.RecordEnvelope;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestKafka;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.landing.identity.Identities;
import dev.millrace.transform.landing.identity.IdentityLedger;
import dev.millrace.transform.landing.load.LoadSwaps;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.publish.Outbox;
import dev.millrace.transform.quarantine.Quarantine;
import dev.millrace.transform.quarantine.Replay;
import dev.millrace.transform.quarantine.Replays;
import dev.millrace.transform.schema.Dependents;
import dev.millrace.transform.schema.Proposals;
import dev.millrace.transform.schema.Tables;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

/** A warehouse of its own, the broker, and landers over both, as production puts them together. */
final class LandingStage implements AutoCloseable {

    private static final AtomicInteger NAMES = new AtomicInteger();
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final HikariDataSource database;
    final JdbcClient sql;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final List<DatasetChanged> events = new CopyOnWriteArrayList<>();
    final Clock clock = Clock.systemUTC();
    final Ledger ledger;
    final Incidents incidents;
    final LandingControl control;
    final Tables tables;
    final Proposals proposals;
    final Quarantine quarantine;
    final IdentityLedger identities;
    final LandingWatch watch;
    final TestWarehouse warehouse;

    /** Names the source's schema and topic, which no other test has. */
    final String source = "src" + ProcessHandle.current().pid() + "_" + NAMES.incrementAndGet();

    /** How many tables a source may have. */
    int maxTables = 1_000;

    /** How many periods of a table may have partitions. */
    int maxPartitions = 200;

    /** How many bytes a poll may have. */
    long maxBytes = 32 << 20;

    /** How landers of a group share the partitions. */
    GroupProtocol groupProtocol = GroupProtocol.CLASSIC;

    private final AtomicReference<Routes> routes = new AtomicReference<>();
    private final Map<TopicPartition, Ledger.Claim> claims = new HashMap<>();
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private @Nullable Cluster cluster;
    private final List<Runnable> closing = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private final String bootstrapServers;

    LandingStage() {
        this(TestWarehouse.create(), TestKafka.bootstrapServers());
    }

    private LandingStage(TestWarehouse warehouse, String bootstrapServers) {
        this.warehouse = warehouse;
        this.bootstrapServers = bootstrapServers;
        database = warehouse.pool(Role.TRANSFORM);
        Flyway.configure()
                .dataSource(database)
                .schemas("transform")
                .createSchemas(false)
                .locations("classpath:db/migration/transform")
                .load()
                .migrate();
        sql = JdbcClient.create(database);
        ledger = new Ledger(database, clock);
        incidents = new Incidents(sql, clock);
        control = new LandingControl(sql, clock, meters);
        Outbox outbox = new Outbox(JsonMapper.builder().build());
        Dependents dependents = (_, _) -> SchemaChanged.Dependents.NONE;
        tables = new Tables(database, clock, outbox, dependents);
        proposals = new Proposals(database, outbox, dependents);
        identities = Identities.of(database, clock).ledger();
        quarantine = new Quarantine(clock);
        watch = new LandingWatch(meters, clock, events::add);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        if (producer == null) {
            producer =
                    new KafkaProducer<>(
                            connection(), new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    Cluster cluster() {
        if (cluster == null) {
            cluster = new Cluster(Admin.create(connection()));
        }
        return cluster;
    }

    Map<String, Object> connection() {
        return Map.of("bootstrap.servers", bootstrapServers);
    }

    /** A stage for a Segment source. */
    static LandingStage segment(String... settings) {
        LandingStage stage = new LandingStage();
        stage.project(
                "{name: %s, type: segment, write_key: k%s}"
                        .formatted(stage.source, settings.length == 0 ? "" : ", " + settings[0]));
        return stage;
    }

    /** A stage for a Kafka source with the stream {@code click}. */
    static LandingStage plain(String... streamSettings) {
        return plain(new LandingStage(), streamSettings);
    }

    /** The same over servers of the test's own. */
    static LandingStage plain(TestWarehouse warehouse, String bootstrapServers) {
        return plain(new LandingStage(warehouse, bootstrapServers));
    }

    private static LandingStage plain(LandingStage stage, String... streamSettings) {
        stage.project(
                "{name: %s, type: kafka, streams: [{name: click, topic: %s%s}]}"
                        .formatted(
                                stage.source,
                                stage.clicks(),
                                streamSettings.length == 0 ? "" : ", " + streamSettings[0]));
        return stage;
    }

    /** A stage for a Kafka source that holds its schema as a contract says. */
    static LandingStage contract(String contract) {
        LandingStage stage = new LandingStage();
        stage.project(
                "{name: %s, type: kafka, schema_contract: %s, streams: [{name: click, topic: %s}]}"
                        .formatted(stage.source, contract, stage.clicks()));
        return stage;
    }

    /** Creates the source's topic at the broker. */
    LandingStage withTopic(String topic, int partitions) {
        TestKafka.createTopic(topic, partitions);
        return this;
    }

    /** Lands JSON of the stream of clicks as one poll, without a broker. */
    Landed land(String... values) {
        return land(Stream.of(values).map(v -> v.getBytes(StandardCharsets.UTF_8)).toList());
    }

    Landed land(List<byte[]> values) {
        long offset = next(clicks());
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (byte[] value : values) {
            records.add(record(clicks(), offset++, value, new RecordHeaders()));
        }
        return landRecords(records);
    }

    /** A message of a Segment source as a door sends it. */
    record Message(String stream, String id, Instant at, String json) {}

    /** Lands messages as one poll, without a broker. */
    Landed land(Message... messages) {
        long offset = next(topic());
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (Message message : messages) {
            RecordHeaders headers = new RecordHeaders();
            envelope(message.stream(), message.id(), message.at(), null)
                    .headers()
                    .forEach(headers::add);
            records.add(
                    record(
                            topic(),
                            offset++,
                            message.json().getBytes(StandardCharsets.UTF_8),
                            headers));
        }
        return landRecords(records);
    }

    static ConsumerRecord<byte[], byte[]> record(
            String topic, long offset, byte @Nullable [] value, RecordHeaders headers) {
        return new ConsumerRecord<>(
                topic,
                0,
                offset,
                NOW.toEpochMilli(),
                TimestampType.CREATE_TIME,
                -1,
                value == null ? -1 : value.length,
                null,
                value,
                headers,
                Optional.empty());
    }

    /** The offset that the next record of a topic has, for landing without a broker. */
    long next(String topic) {
        Ledger.Claim claim = claims.get(new TopicPartition(topic, 0));
        return claim == null ? 0 : claim.nextOffset();
    }

    /** Lands records of one topic as one poll, without a broker. */
    Landed landRecords(List<ConsumerRecord<byte[], byte[]>> records) {
        return landRecords(landing(database), records);
    }

    Landed landRecords(Landing landing, List<ConsumerRecord<byte[], byte[]>> records) {
        TopicPartition partition = new TopicPartition(records.getFirst().topic(), 0);
        try {
            Ledger.Claim claim = claims.get(partition);
            if (claim == null) {
                claim = ledger.claim(logPartition(partition.topic()), "test", 0);
            }
            long to = records.getLast().offset() + 1;
            LandingBatch batch = new BatchReader(clock).read(records, routes(), _ -> 1);
            Landed landed = landing.land(batch, poll(new Ledger.Step(claim, to)));
            claims.put(partition, claim.at(to));
            return landed;
        } catch (SQLException | FencedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A poll that brings one partition from somewhere to somewhere. */
    Origin poll(Ledger.Step step) {
        return new PollOrigin(ledger, quarantine, List.of(step));
    }

    /** A partition of a topic that no broker has. */
    static LogPartition logPartition(String topic) {
        return new LogPartition(
                "cluster",
                UUID.nameUUIDFromBytes(topic.getBytes(StandardCharsets.UTF_8)),
                topic,
                0);
    }

    String topic() {
        return "raw." + source;
    }

    String clicks() {
        return source + ".clicks";
    }

    void project(String... sources) {
        routes.set(new Routes(project(List.of(sources))));
    }

    /** Has the stage follow a project of one source and one contract. */
    void contract(String source, String contract) {
        routes.set(
                new Routes(
                        project(
                                Map.of(
                                        "sources/test.yml",
                                        "sources: [" + source + "]",
                                        "contracts/c.yaml",
                                        contract))));
    }

    static Project project(List<String> sources) {
        StringBuilder yaml = new StringBuilder("sources:\n");
        sources.forEach(source -> yaml.append("  - ").append(source).append('\n'));
        return project(Map.of("sources/test.yml", yaml.toString()));
    }

    /** A project of files. */
    static Project project(Map<String, String> files) {
        Map<String, byte[]> contents = new HashMap<>();
        files.forEach((path, text) -> contents.put(path, text.getBytes(StandardCharsets.UTF_8)));
        try {
            return new ProjectLoader(Environment.of(Map.of()), Set.of(ProjectLoader.Kind.SOURCES))
                    .load(ProjectFiles.of(contents));
        } catch (InvalidProjectException e) {
            throw new IllegalStateException(e);
        }
    }

    Routes routes() {
        return Objects.requireNonNull(routes.get());
    }

    Landing landing(DataSource over) {
        return new Landing(
                over,
                tables,
                proposals,
                identities,
                new Datasets(new Outbox(JsonMapper.builder().build())),
                clock,
                settings("none", 1));
    }

    private LandingSettings settings(String group, int maxRecords) {
        return new LandingSettings(
                true,
                group,
                1,
                maxRecords,
                Duration.ofSeconds(6),
                maxTables,
                Duration.ofDays(30),
                groupProtocol,
                0.2,
                Duration.ofHours(1),
                maxPartitions);
    }

    /** What lands records of the quarantine, in chunks of some records. */
    ReplayLanding replaying(DataSource over, int chunk) {
        return new ReplayLanding(
                over,
                new Replays(over, clock),
                new ReplayReader(new BatchReader(clock)),
                landing(over),
                watch,
                this::routes,
                chunk);
    }

    /** Asks for a replay, by the body of a request. */
    Replay ask(String body) {
        try {
            return new Replays(database, clock).ask(asked(body).request(), "tester");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static ReplayAsked asked(String body) {
        try {
            return ReplayAsked.parse(body.getBytes(StandardCharsets.UTF_8));
        } catch (ReplayAsked.UnclearException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Asks for a replay, and does all of it. */
    Replay replay(String body) {
        Replay asked = ask(body);
        try {
            ReplayLanding replaying = replaying(database, 100);
            while (replaying.next()) {
                // Until nothing is left to do.
            }
            return new Replays(database, clock).find(asked.id()).orElseThrow();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Decides on changes of tables. */
    SchemaReview review() {
        return new SchemaReview(
                database, tables, proposals, new Replays(database, clock), this::routes, clock);
    }

    /** What has loads that are complete take their place. */
    LoadSwaps swaps() {
        return new LoadSwaps(
                database,
                new Datasets(new Outbox(JsonMapper.builder().build())),
                clock,
                () -> routes().revision(),
                events::add);
    }

    /** Does all replays that were asked for. */
    void replayAll() {
        try {
            ReplayLanding replaying = replaying(database, 100);
            while (replaying.next()) {
                // Until nothing is left to do.
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a replay would do. */
    ReplayRehearsal.Outcome rehearse(String body) {
        ReplayAsked asked = asked(body);
        try {
            return new ReplayRehearsal(
                            database,
                            tables,
                            proposals,
                            identities,
                            new ReplayReader(new BatchReader(clock)),
                            this::routes,
                            clock,
                            maxTables)
                    .rehearse(asked.request().filter(), asked.mending(), 1_000);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a lander in a group of its own over the stage's database. */
    Lander start() {
        return start("group-" + source, database);
    }

    Lander start(String group, DataSource over) {
        return start(group, over, 20_000);
    }

    Lander start(String group, DataSource over, int maxRecords) {
        Map<String, Object> consumer =
                LandingConfiguration.consumerSettings(connection(), settings(group, maxRecords));
        String name = "lander-" + NAMES.incrementAndGet();
        Lander lander =
                new Lander(
                        name,
                        () -> PolledBytes.consumer(consumer, maxBytes),
                        this::routes,
                        cluster(),
                        new Ledger(over, clock),
                        incidents,
                        control,
                        new PollLanding(
                                new Ledger(over, clock),
                                quarantine,
                                new BatchReader(clock),
                                landing(over),
                                watch),
                        watch);
        threads.add(Thread.ofPlatform().name(name).start(lander));
        closing.add(lander::stop);
        return lander;
    }

    Future<RecordMetadata> send(
            String topic, @Nullable Integer partition, byte @Nullable [] value) {
        return send(new ProducerRecord<>(topic, partition, null, value));
    }

    Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        return producer().send(record);
    }

    /** Sends JSON to the topic of clicks, and waits until the broker has it. */
    void click(String... values) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (String value : values) {
            sent.add(send(clicks(), null, value.getBytes(StandardCharsets.UTF_8)));
        }
        acknowledged(sent);
    }

    /** The same of clicks whose {@code n} are numbers from one on. */
    void sendClicks(int from, int count) {
        click(
                IntStream.range(from, from + count)
                        .mapToObj("{\"n\": %d}"::formatted)
                        .toArray(String[]::new));
    }

    static void acknowledged(List<Future<RecordMetadata>> sent) {
        for (Future<RecordMetadata> future : sent) {
            try {
                future.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** Sends a message as a door would. */
    void message(String stream, String id, Instant at, String json) {
        message(stream, id, at, json, null);
    }

    void message(String stream, String id, Instant at, String json, @Nullable String traceParent) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic(), json.getBytes(StandardCharsets.UTF_8));
        envelope(stream, id, at, traceParent)
                .headers()
                .forEach((name, value) -> record.headers().add(name, value));
        acknowledged(List.of(send(record)));
    }

    RecordEnvelope envelope(String stream, String id, Instant at, @Nullable String traceParent) {
        return new RecordEnvelope(
                id, source, stream, at, at.plusMillis(5), null, "rev", traceParent);
    }

    void sendRecord(ProducerRecord<byte[], byte[]> record) {
        acknowledged(List.of(producer().send(record)));
    }

    /** The tags of a relation's counters. */
    Tags tags(String stream) {
        return Tags.of("relation", source + "." + stream, "source", source, "stream", stream);
    }

    /** The one value that a query gives, as text. */
    String one(String query) {
        return sql.sql(query.replace("$S", source)).query(String.class).list().toString();
    }

    /** The values of a query, as text. */
    List<String> rows(String query) {
        return sql.sql(query.replace("$S", source)).query(String.class).list();
    }

    long count(String table) {
        Long exists =
                sql.sql("SELECT count(*) FROM pg_tables WHERE schemaname = ? AND tablename = ?")
                        .params(source, table)
                        .query(Long.class)
                        .single();
        return exists == 0
                ? 0
                : sql.sql("SELECT count(*) FROM \"%s\".\"%s\"".formatted(source, table))
                        .query(Long.class)
                        .single();
    }

    void awaitRows(String table, long rows) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .pollInterval(Duration.ofMillis(50))
                .until(() -> count(table) >= rows);
    }

    /** Waits until all that is in a topic has landed or gone to quarantine. */
    void awaitOffset(String topic, long offset) {
        awaitOffset(topic, offset, PATIENCE);
    }

    void awaitOffset(String topic, long offset, Duration patience) {
        await().atMost(patience)
                .ignoreExceptions()
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () ->
                                sql.sql(
                                                        "SELECT coalesce(sum(next_offset), 0) FROM"
                                                            + " transform.ledger WHERE topic = ?")
                                                .param(topic)
                                                .query(Long.class)
                                                .single()
                                        >= offset);
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
        for (Thread thread : threads) {
            try {
                thread.join(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (producer != null) {
            producer.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        database.close();
    }
}
