package dev.millrace.transform;

import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.operations.OperationsConfiguration;
import dev.millrace.operations.revision.ProjectKinds;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Lands records, and runs the models over them. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Import(OperationsConfiguration.class)
public class TransformApplication {

    public static void main(String[] args) {
        SpringApplication.run(TransformApplication.class, args);
    }

    @Bean
    ProjectKinds projectKinds() {
        return ProjectKinds.of(Kind.SOURCES);
    }
}
