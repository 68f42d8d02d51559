package dev.millrace.operations.access;

import dev.millrace.operations.audit.HeaderText;
import dev.millrace.operations.audit.OperatorAudit;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

import java.util.List;
import java.util.stream.Stream;

/**
 * The operators' doors, and the wall around everything else: a path that no chain of the service
 * names is answered as if it were not there, whatever controller might be behind it.
 */
@Configuration(proxyBeanMethods = false)
class OperatorDoors {

    private static final String[] DOORS = {
        "/operator/**", "/actuator/**", "/v3/api-docs/**", "/swagger-ui/**", "/swagger-ui.html"
    };
    private static final String[] HEALTH = {"/actuator/health", "/actuator/health/**"};
    private static final AdminDoors FOR_ADMINS =
            new AdminDoors(
                    List.of(
                            "/operator/keys",
                            "/operator/keys/**",
                            "/operator/audit",
                            "/operator/audit/**"));

    /**
     * Requests are observed as a whole; a span and a timer for each filter tell nobody anything.
     */
    @Bean
    SecurityObservationSettings withoutObservationsOfFilters() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    @Order(Doors.OPERATORS)
    SecurityFilterChain operatorChain(
            HttpSecurity http,
            OperatorTokens tokens,
            OperatorAudit audit,
            Refusals refusals,
            ObjectProvider<AdminDoors> ofTheService) {
        RequestMatcher sensitive = sensitive(ofTheService);
        BearerTokenAuthenticationFilter authentication =
                new BearerTokenAuthenticationFilter(
                        OperatorAuthentication.manager(tokens), new PresentedToken());
        authentication.setAuthenticationFailureHandler(refusals::unauthorized);
        authentication.setAuthenticationEntryPoint(refusals::unauthorized);
        return withoutSessions(http.securityMatcher(DOORS))
                .authorizeHttpRequests(
                        doors ->
                                doors.dispatcherTypeMatchers(DispatcherType.ERROR)
                                        .permitAll()
                                        .requestMatchers(HttpMethod.GET, HEALTH)
                                        .permitAll()
                                        .requestMatchers(sensitive)
                                        .hasRole(OperatorRole.ADMIN.name())
                                        .requestMatchers(HttpMethod.GET)
                                        .hasRole(OperatorRole.READER.name())
                                        .requestMatchers(HttpMethod.HEAD)
                                        .hasRole(OperatorRole.READER.name())
                                        .anyRequest()
                                        .hasRole(OperatorRole.OPERATOR.name()))
                .exceptionHandling(
                        refused ->
                                refused.authenticationEntryPoint(refusals::unauthorized)
                                        .accessDeniedHandler(refusals::forbidden))
                .addFilterAfter(audit.attempts(), SecurityContextHolderFilter.class)
                .addFilterBefore(authentication, AuthorizationFilter.class)
                .addFilterAfter(audit.actions(sensitive::matches), AuthorizationFilter.class)
                .build();
    }

    /**
     * Reading keys or the audit is worth an entry as well. The same matchers decide as for roles,
     * so that no spelling of a path opens a door and leaves no trace.
     */
    private static RequestMatcher sensitive(ObjectProvider<AdminDoors> ofTheService) {
        return new OrRequestMatcher(
                Stream.concat(Stream.of(FOR_ADMINS), ofTheService.stream())
                        .flatMap(doors -> doors.paths().stream())
                        .<RequestMatcher>map(
                                path -> PathPatternRequestMatcher.withDefaults().matcher(path))
                        .toList());
    }

    @Bean
    @Order(Doors.NOTHING)
    SecurityFilterChain nothingElse(HttpSecurity http, Refusals refusals) {
        return withoutSessions(http)
                .authorizeHttpRequests(
                        rest ->
                                rest.dispatcherTypeMatchers(DispatcherType.ERROR)
                                        .permitAll()
                                        .anyRequest()
                                        .denyAll())
                .exceptionHandling(
                        refused ->
                                refused.authenticationEntryPoint(refusals::nothingHere)
                                        .accessDeniedHandler(refusals::nothingHere))
                .build();
    }

    /**
     * Spring Security takes the bytes of many letters, of which Ä and ß are two, for control
     * characters, as it looks at them one by one.
     */
    @Bean
    HttpFirewall firewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowedHeaderValues(HeaderText::isHarmless);
        return firewall;
    }

    /** Tokens come with each request and never by cookie, so there is nothing to forge. */
    private static HttpSecurity withoutSessions(HttpSecurity http) {
        return http.csrf(AbstractHttpConfigurer::disable)
                .sessionManagement(
                        sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable);
    }

    static boolean isDocumentation(HttpServletRequest request) {
        String path = request.getRequestURI();
        return "GET".equals(request.getMethod())
                && (path.startsWith("/v3/api-docs") || path.startsWith("/swagger-ui"));
    }
}
