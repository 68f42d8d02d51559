package dev.millrace.ingestion.tracking;

import dev.millrace.ingestion.payload.KeyedHash;
import dev.millrace.ingestion.source.DoorCounts;
import dev.millrace.ingestion.source.Outlet;
import dev.millrace.operations.access.Doors;
import dev.millrace.operations.revision.ProjectRevisions;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

import java.time.Clock;

@Configuration(proxyBeanMethods = false)
class TrackingConfiguration {

    private static final String PATHS = "/v1/*";

    @Bean
    TrackingDoor trackingDoor(
            ProjectRevisions revisions,
            PersonalDataSettings personalData,
            Outlet outlet,
            DoorCounts counts,
            TrackingSettings settings,
            Clock clock) {
        KeyedHash hash = personalData.hash();
        return new TrackingDoor(
                revisions.derived(project -> new SegmentSources(project, hash)),
                outlet,
                counts,
                settings,
                clock);
    }

    /** Before security, so that a browser can read every answer. */
    @Bean
    FilterRegistrationBean<CrossOriginFilter> crossOriginFilter() {
        FilterRegistrationBean<CrossOriginFilter> registration =
                new FilterRegistrationBean<>(new CrossOriginFilter());
        registration.addUrlPatterns(PATHS);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 20);
        return registration;
    }

    /** Before security as well, which refuses such paths. */
    @Bean
    FilterRegistrationBean<RepeatedSlashFilter> repeatedSlashFilter() {
        FilterRegistrationBean<RepeatedSlashFilter> registration =
                new FilterRegistrationBean<>(new RepeatedSlashFilter());
        registration.addUrlPatterns(PATHS);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 21);
        return registration;
    }

    /** Callers have write keys, which these doors look up themselves; nobody logs in here. */
    @Bean
    @Order(Doors.SERVICE)
    SecurityFilterChain trackingDoors(HttpSecurity http) throws Exception {
        return http.securityMatcher("/v1/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .sessionManagement(
                        session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .build();
    }
}
