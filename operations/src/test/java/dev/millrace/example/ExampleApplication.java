package dev.millrace.example;

import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.operations.OperationsConfiguration;
import dev.millrace.operations.access.Doors;
import dev.millrace.operations.revision.ProjectKinds;
import dev.millrace.test.SettableClock;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

@SpringBootApplication
@Import(OperationsConfiguration.class)
class ExampleApplication {

    static final String STARTED_AT = "2026-03-01T10:00:00Z";

    @Bean
    ProjectKinds projectKinds() {
        return ProjectKinds.of(Kind.SOURCES);
    }

    @Bean
    @Primary
    SettableClock settableClock() {
        return SettableClock.at(STARTED_AT);
    }

    @Bean
    @Order(Doors.SERVICE)
    SecurityFilterChain publicDoors(HttpSecurity http) {
        return http.securityMatcher("/public/**")
                .authorizeHttpRequests(doors -> doors.anyRequest().permitAll())
                .build();
    }
}
