package dev.millrace.transform.run;

import dev.millrace.contracts.project.Environment;
import dev.millrace.operations.revision.ProjectRevisions;
import dev.millrace.transform.model.ReadableEnvironment;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.publish.Outbox;
import dev.millrace.transform.schema.Dependents;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import tools.jackson.databind.json.JsonMapper;

import java.time.Clock;
import java.util.function.Supplier;

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
    Supplier<ProjectModels> projectModels(
            ProjectRevisions projects, ReadableEnvironment environment) {
        return projects.derived(project -> ProjectModels.of(project, environment));
    }

    @Bean
    Dependents modelDependents(Supplier<ProjectModels> models, Clock clock) {
        return new ModelDependents(models, Environment.process(), clock);
    }

    @Bean
    ModelState modelState(DataSource database) {
        return new ModelState(database);
    }

    @Bean
    Runs runs(
            Supplier<ProjectModels> models,
            ReadableEnvironment environment,
            ModelSettings settings,
            ModelsDatabase warehouse,
            RunStore store,
            RunHistory history,
            ModelState state,
            Clock clock) {
        return new Runs(models, environment, settings, warehouse, store, history, state, clock);
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
