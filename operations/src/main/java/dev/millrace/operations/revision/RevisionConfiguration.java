package dev.millrace.operations.revision;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.ProjectLoader;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import java.time.Clock;

@Configuration(proxyBeanMethods = false)
class RevisionConfiguration {

    @Bean
    Environment projectEnvironment() {
        return Environment.process();
    }

    @Bean
    ProjectRevisions projectRevisions(
            ProjectDirectory directory,
            ProjectKinds kinds,
            Environment environment,
            ObjectProvider<ProjectCheck> checks,
            RevisionStore store,
            Clock clock) {
        ProjectReader reader =
                new ProjectReader(
                        new ProjectLoader(environment, kinds.kinds()),
                        checks.orderedStream().toList());
        return new ProjectRevisions(directory, reader, store, clock);
    }

    @Bean
    MeterBinder revisionMeters(ProjectRevisions revisions) {
        return registry -> {
            FunctionCounter.builder(
                            "millrace.project.reload.failures",
                            revisions,
                            ProjectRevisions::failures)
                    .description("Revisions of the project that could not come into force")
                    .register(registry);
            Gauge.builder(
                            "millrace.project.broken",
                            revisions,
                            r -> r.state().candidate() == null ? 0 : 1)
                    .description("1 while the project's directory holds mistakes")
                    .register(registry);
            Gauge.builder(
                            "millrace.project.loaded.seconds",
                            revisions,
                            r -> r.state().loadedAt().getEpochSecond())
                    .description("When the revision in force was loaded, in seconds since 1970")
                    .register(registry);
        };
    }
}
