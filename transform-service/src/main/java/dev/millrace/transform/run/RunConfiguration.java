package dev.millrace.transform.run;

import dev.millrace.contracts.project.Environment;
import dev.millrace.operations.revision.ProjectRevisions;
import dev.millrace.transform.model.ReadableEnvironment;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.publish.Outbox;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import tools.jackson.databind.json.JsonMapper;

import java.time.Clock;

import javax.sql.DataSource;

@Configuration(proxyBeanMethods = false)
class RunConfiguration {

    @Bean
    ReadableEnvironment readableEnvironment(ModelSettings settings) {
        return new ReadableEnvironment(Environment.process(), settings.environment());
    }

    @Bean
    ModelCheck modelCheck(ReadableEnvironment environment) {
        return new ModelCheck(environment);
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
    RunStore runStore(
            DataSource database,
            PlatformTransactionManager transactions,
            Outbox outbox,
            Datasets datasets,
            JsonMapper json) {
        return new RunStore(
                database, new TransactionTemplate(transactions), outbox, datasets, json);
    }

    @Bean
    ModelState modelState(DataSource database) {
        return new ModelState(database);
    }

    @Bean
    Runs runs(
            ProjectRevisions projects,
            ReadableEnvironment environment,
            ModelSettings settings,
            ModelsDatabase warehouse,
            RunStore store,
            ModelState state,
            Clock clock) {
        return new Runs(projects::current, environment, settings, warehouse, store, state, clock);
    }

    @Bean
    Freshness freshness(
            ProjectRevisions projects,
            ReadableEnvironment environment,
            ModelSettings settings,
            ModelsDatabase warehouse,
            ModelState state,
            RunStore store,
            Runs runs,
            Clock clock) {
        return new Freshness(
                projects::current, environment, settings, warehouse, state, store, runs, clock);
    }

    @Bean
    ModelKeeping modelKeeping(Runs runs, Freshness freshness) {
        return new ModelKeeping(runs, freshness);
    }
}
