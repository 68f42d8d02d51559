package dev.millrace.serving.access;

import dev.millrace.operations.access.AdminDoors;
import dev.millrace.operations.access.Doors;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import java.util.List;

/** The metrics doors, which take Cube's tokens, and the probes, which are open. */
@Configuration(proxyBeanMethods = false)
class MetricsDoors implements WebMvcConfigurer {

    private static final String CUBE = "/cubejs-api/**";
    private static final String OWN = "/v1/**";

    @Bean
    @Order(Doors.SERVICE)
    SecurityFilterChain cubeChain(HttpSecurity http, CallerDoors doors, Embeds embeds) {
        CallerFilter callers = new CallerFilter(doors, embeds);
        return http.securityMatcher(CUBE, OWN, "/livez", "/readyz")
                .csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                // Who asks is known by a filter of our own, and kept with the request: the rest of
                // the chain would do nothing, several thousand times a second.
                .sessionManagement(AbstractHttpConfigurer::disable)
                .securityContext(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .exceptionHandling(AbstractHttpConfigurer::disable)
                .cors(cors -> cors.configurationSource(crossOrigin()))
                .addFilterBefore(new ProbesPass(callers), AuthorizationFilter.class)
                .build();
    }

    @Bean
    AdminDoors callerKeyDoors() {
        return new AdminDoors(List.of("/operator/caller-keys", "/operator/caller-keys/**"));
    }

    private static UrlBasedCorsConfigurationSource crossOrigin() {
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration(CUBE, CallerDoors.CROSS_ORIGIN);
        source.registerCorsConfiguration(OWN, CallerDoors.CROSS_ORIGIN);
        return source;
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CallerArgument());
    }
}
