package dev.millrace.transform.landing;

import dev.millrace.operations.revision.ProjectRevisions;
import dev.millrace.transform.landing.identity.Identities;
import dev.millrace.transform.landing.identity.IdentityKeeper;
import dev.millrace.transform.landing.identity.IdentityLedger;
import dev.millrace.transform.landing.load.LoadSwaps;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.quarantine.Quarantine;
import dev.millrace.transform.quarantine.Replays;
import dev.millrace.transform.schema.Proposals;
import dev.millrace.transform.schema.Tables;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;

import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

import javax.sql.DataSource;

@Configuration(proxyBeanMethods = false)
class LandingConfiguration {

    /** Of a poll: read into rows, they take several times as much. */
    private static final long MOST_BYTES = 32L << 20;

    @Bean
    Cluster landingCluster(KafkaAdmin kafka) {
        return new Cluster(Admin.create(kafka.getConfigurationProperties()));
    }

    @Bean
    Supplier<Routes> landingRoutes(ProjectRevisions projects) {
        return projects.derived(Routes::new);
    }

    @Bean
    LandingWatch landingWatch(
            MeterRegistry meters, Clock clock, ApplicationEventPublisher publisher) {
        return new LandingWatch(meters, clock, publisher::publishEvent);
    }

    @Bean
    Identities landedIdentities(DataSource database, Clock clock, MeterRegistry meters) {
        Identities identities = Identities.of(database, clock);
        Gauge.builder("millrace.landing.identity.bytes", identities.ledger(), IdentityLedger::bytes)
                .description("What this process keeps of identities to tell what is new")
                .register(meters);
        return identities;
    }

    @Bean
    IdentityKeeper identitySealer(Identities identities) {
        return identities.sealer();
    }

    @Bean
    IdentityKeeper identityMerger(Identities identities) {
        return identities.merger();
    }

    @Bean
    LoadSwaps loadSwaps(
            DataSource database,
            Datasets datasets,
            Clock clock,
            @Qualifier("landingRoutes") Supplier<Routes> routes,
            ApplicationEventPublisher publisher) {
        return new LoadSwaps(
                database, datasets, clock, () -> routes.get().revision(), publisher::publishEvent);
    }

    /** Each who lands has one of its own, as its buffers are for one thread. */
    @Bean
    Supplier<Landing> landings(
            DataSource database,
            Tables tables,
            Proposals proposals,
            Identities identities,
            Datasets datasets,
            Clock clock,
            LandingSettings settings) {
        return () ->
                new Landing(
                        database,
                        tables,
                        proposals,
                        identities.ledger(),
                        datasets,
                        clock,
                        settings);
    }

    @Bean
    Landers landers(
            LandingSettings settings,
            TopicSettings topics,
            ConsumerFactory<?, ?> kafka,
            @Qualifier("landingRoutes") Supplier<Routes> routes,
            Cluster cluster,
            DataSource database,
            Ledger ledger,
            Incidents incidents,
            LandingControl control,
            Quarantine quarantine,
            @Qualifier("landings") Supplier<Landing> landings,
            Clock clock,
            LandingWatch watch) {
        String process = UUID.randomUUID().toString().substring(0, 8);
        Map<String, Object> consumer =
                consumerSettings(kafka.getConfigurationProperties(), settings);
        return new Landers(
                settings,
                topics,
                number ->
                        new Lander(
                                "lander-" + number + "-" + process,
                                () -> PolledBytes.consumer(consumer, MOST_BYTES),
                                routes,
                                cluster,
                                ledger,
                                incidents,
                                control,
                                new PollLanding(
                                        ledger,
                                        quarantine,
                                        new BatchReader(clock),
                                        landings.get(),
                                        watch),
                                watch),
                routes,
                cluster);
    }

    @Bean
    ReplayRehearsal replayRehearsal(
            DataSource database,
            Tables tables,
            Proposals proposals,
            Identities identities,
            @Qualifier("landingRoutes") Supplier<Routes> routes,
            Clock clock,
            LandingSettings settings) {
        return new ReplayRehearsal(
                database,
                tables,
                proposals,
                identities.ledger(),
                new ReplayReader(new BatchReader(clock)),
                routes,
                clock,
                settings.maxTables());
    }

    @Bean
    ReplayWork replayWork(
            DataSource database,
            Replays replays,
            @Qualifier("landings") Supplier<Landing> landings,
            @Qualifier("landingRoutes") Supplier<Routes> routes,
            Clock clock,
            LandingSettings settings,
            LandingWatch watch) {
        return new ReplayWork(
                new ReplayLanding(
                        database,
                        replays,
                        new ReplayReader(new BatchReader(clock)),
                        landings.get(),
                        watch,
                        routes,
                        ReplayLanding.CHUNK),
                settings.enabled());
    }

    @Bean
    RetentionWatch retentionWatch(
            JdbcClient database,
            Ledger ledger,
            Cluster cluster,
            Incidents incidents,
            @Qualifier("landingRoutes") Supplier<Routes> routes,
            ConsumerFactory<?, ?> kafka,
            Clock clock,
            LandingSettings settings,
            MeterRegistry meters) {
        Map<String, Object> lookingIn = lookingIn(kafka.getConfigurationProperties());
        return new RetentionWatch(
                database,
                ledger,
                cluster,
                incidents,
                routes,
                () -> consumer(lookingIn),
                clock,
                settings.retentionAlarm(),
                meters);
    }

    /** Settings of a consumer that belongs to no group and reads a record here and there. */
    static Map<String, Object> lookingIn(Map<String, Object> connection) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        settings.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 64 << 10);
        return settings;
    }

    @Bean
    SchemaReview schemaReview(
            DataSource database,
            Tables tables,
            Proposals proposals,
            Replays replays,
            @Qualifier("landingRoutes") Supplier<Routes> routes,
            Clock clock) {
        return new SchemaReview(database, tables, proposals, replays, routes, clock);
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Boot's settings decide how to reach the cluster; what follows decides what may get lost. */
    static Map<String, Object> consumerSettings(
            Map<String, Object> connection, LandingSettings landing) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        settings.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, landing.group());
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, landing.maxBatchRecords());
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 2 << 20);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 250);
        // A topic that is made while we run is landed soon.
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 3_000);
        settings.put(
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                landing.groupProtocol().name().toLowerCase(Locale.ROOT));
        if (landing.groupProtocol() == GroupProtocol.CONSUMER) {
            // There the brokers decide these.
            settings.remove(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);
            settings.remove(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
            settings.remove(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);
        } else {
            settings.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    CooperativeStickyAssignor.class.getName());
            int session = Math.toIntExact(landing.sessionTimeout().toMillis());
            settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, session);
            settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, session / 3);
        }
        return settings;
    }
}
