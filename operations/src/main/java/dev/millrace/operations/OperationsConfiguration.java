package dev.millrace.operations;

import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

import java.time.Clock;

/** Brings access, audit and project revisions into a service that imports it. */
@Configuration(proxyBeanMethods = false)
@ComponentScan
@ConfigurationPropertiesScan
public class OperationsConfiguration {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
