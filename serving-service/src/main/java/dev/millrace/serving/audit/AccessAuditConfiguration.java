package dev.millrace.serving.audit;

import dev.millrace.operations.access.AdminDoors;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import java.util.List;

/** Shows who saw what to admins alone. */
@Configuration(proxyBeanMethods = false)
class AccessAuditConfiguration {

    @Bean
    AdminDoors accessDoors() {
        return new AdminDoors(List.of("/operator/accesses", "/operator/accesses/**"));
    }
}
