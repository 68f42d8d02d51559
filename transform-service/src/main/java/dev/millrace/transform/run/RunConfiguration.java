package dev.millrace.transform.run;

import dev.millrace.contracts.event.RollupWanted;
import dev.millrace.contracts.project.Environment;
import dev.millrace.operations.revision.ProjectRevisions;
import dev.millrace.transform.materialization.live.LiveKeeping;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.publish.Announced;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.publish.Outbox;
import dev.millrace.transform.schema.Dependents;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import tools.jackson.databind.json.JsonMapper;

import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

import javax.sql.DataSource;

@Configuration(proxyBeanMethods = false)
class RunConfiguration {

    /** Within which all processes have the same revision of the project. */
    private static final Duration LIVE_GRACE = Duration.ofMinutes(5);

    @Bean
    ReadableEnvironment readableEnvironment(ModelSettings settings) {
        return ReadableEnvironment.of(Environment.process(), settings.environment());
    }

    @Bean
    ModelReading modelReading(
            ModelSettings settings,
            ReadableEnvironment environment,
            Clock clock,
            @Value("${spring.datasource.url}") String ownUrl) {
        String url = settings.url() == null ? ownUrl : settings.url();
        return new ModelReading(
                new ServiceTarget(Environment.process(), DatabaseName.of(url), settings.threads()),
                environment,
                clock);
    }

    @Bean
    ModelCheck modelCheck(ModelReading reading) {
        return new ModelCheck(reading);
    }

    @Bean
    ModelsDatabase modelsDatabase(
            ModelSettings settings, @Value("${spring.datasource.url}") String ownUrl) {
        if (settings.password() == null || settings.password().isEmpty()) {
            throw new MissingModelsPasswordException();
        }
        return new ModelsDatabase(
                settings, settings.url() == null ? ownUrl : settings.url(), Runs.MAX_RUNS);
    }

    @Bean
    RunMessages runMessages(
            DataSource database, RunHistory history, Outbox outbox, Datasets datasets) {
        return new RunMessages(database, history, outbox, datasets);
    }

    @Bean
    RunStore runStore(
            DataSource database,
            PlatformTransactionManager transactions,
            RunMessages messages,
            JsonMapper json) {
        return new RunStore(database, new TransactionTemplate(transactions), messages, json);
    }

    @Bean
    RunHistory runHistory(DataSource database) {
        return new RunHistory(database);
    }

    /** Read once for each revision, however often somebody asks. */
    @Bean
    Supplier<ProjectModels> projectModels(ProjectRevisions projects, ModelReading reading) {
        return projects.derived(reading::read);
    }

    @Bean
    Dependents modelDependents(Supplier<ProjectModels> models) {
        return new ModelDependents(models, Environment.process());
    }

    @Bean
    ModelState modelState(DataSource database) {
        return new ModelState(database);
    }

    @Bean
    LiveKeeping liveKeeping(
            DataSource database,
            ModelsDatabase warehouse,
            Datasets datasets,
            Supplier<ProjectModels> models,
            Announced<RollupWanted> rollups,
            ModelSettings settings,
            JsonMapper json,
            Clock clock,
            MeterRegistry meters) {
        return new LiveKeeping(
                new LiveKeeping.Means(
                        database,
                        warehouse.live(),
                        datasets,
                        () -> models.get().project().revision(),
                        json,
                        clock,
                        meters),
                () -> RollupKeeping.followed(models.get().live(), rollups.current()),
                new LiveKeeping.Limits(settings.liveLimit(), LIVE_GRACE));
    }

    @Bean
    RollupKeeping rollupKeeping(
            Announced<RollupWanted> rollups,
            LiveKeeping live,
            ModelsDatabase warehouse,
            ModelSettings settings,
            Clock clock) {
        return new RollupKeeping(rollups::current, live, warehouse, settings.rollupLimit(), clock);
    }

    @Bean
    Runs runs(
            Supplier<ProjectModels> models,
            ModelReading reading,
            ModelSettings settings,
            ModelsDatabase warehouse,
            RunStore store,
            RunHistory history,
            ModelState state,
            LiveKeeping live,
            Clock clock) {
        return new Runs(models, reading, settings, warehouse, store, history, state, live, clock);
    }

    @Bean
    Freshness freshness(
            Supplier<ProjectModels> models,
            ModelSettings settings,
            ModelsDatabase warehouse,
            ModelState state,
            RunHistory history,
            Runs runs,
            Clock clock) {
        return new Freshness(models, settings, warehouse, state, history, runs, clock);
    }

    @Bean
    ModelKeeping modelKeeping(Runs runs, Freshness freshness) {
        return new ModelKeeping(runs, freshness);
    }
}
