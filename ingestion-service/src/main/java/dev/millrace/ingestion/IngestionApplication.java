package dev.millrace.ingestion;

import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.operations.OperationsConfiguration;
import dev.millrace.operations.revision.ProjectKinds;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Opens the doors that data comes in through. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Import(OperationsConfiguration.class)
public class IngestionApplication {

    public static void main(String[] args) {
        SpringApplication.run(IngestionApplication.class, args);
    }

    @Bean
    ProjectKinds projectKinds() {
        return ProjectKinds.of(Kind.SOURCES);
    }
}
