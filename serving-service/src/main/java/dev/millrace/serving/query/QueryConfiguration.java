package dev.millrace.serving.query;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

import java.time.Clock;

/** Switches on the clockwork that ends abandoned queries, and tells whether there are answers. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class QueryConfiguration {

    @Bean
    WarehouseHealth warehouseHealthIndicator(Warehouse warehouse, Clock clock) {
        return new WarehouseHealth(warehouse, clock);
    }
}
