package dev.millrace.serving;

import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.operations.OperationsConfiguration;
import dev.millrace.operations.revision.ProjectKinds;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Answers queries over the warehouse. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Import(OperationsConfiguration.class)
public class ServingApplication {

    public static void main(String[] args) {
        SpringApplication.run(ServingApplication.class, args);
    }

    @Bean
    ProjectKinds projectKinds() {
        return ProjectKinds.of(Kind.CUBES, Kind.ALERTS);
    }
}
