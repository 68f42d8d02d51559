package dev.millrace.transform.run;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;
import java.util.Set;

/**
 * How models are run.
 *
 * @param url the warehouse; that of the service's own state unless given
 * @param username role that runs users' SQL
 * @param password its password; the service does not start without one
 * @param threads nodes that are built at the same time
 * @param statementTimeout longest time that one statement may take
 * @param lockPatience how long to try to put a table in place between its readers
 * @param targetLag how far tables may fall behind what they read; 0 leaves them to requests
 * @param retryAfter when a model that failed is tried again though nothing changed
 * @param environment names beside {@code DBT_…} that {@code env_var()} may read
 * @param liveLimit live models at a time, each of which holds a connection
 * @param rollupLimit rollups that serving may have kept at a time, each of which holds a connection
 * @param historyLimit how many runs are kept
 */
@ConfigurationProperties("millrace.models")
record ModelSettings(
        @Nullable String url,
        @DefaultValue("millrace_models") String username,
        @Nullable String password,
        @DefaultValue("4") int threads,
        @DefaultValue("30m") Duration statementTimeout,
        @DefaultValue("2m") Duration lockPatience,
        @DefaultValue("1m") Duration targetLag,
        @DefaultValue("15m") Duration retryAfter,
        @DefaultValue Set<String> environment,
        @DefaultValue("20") int liveLimit,
        @DefaultValue("20") int rollupLimit,
        @DefaultValue("5000") int historyLimit) {

    ModelSettings {
        if (threads < 1 || threads > 64) {
            throw new IllegalArgumentException("millrace.models.threads is from 1 to 64");
        }
        if (liveLimit < 0 || liveLimit > 500) {
            throw new IllegalArgumentException("millrace.models.live-limit is from 0 to 500");
        }
        if (rollupLimit < 0 || rollupLimit > 500) {
            throw new IllegalArgumentException("millrace.models.rollup-limit is from 0 to 500");
        }
        environment = Set.copyOf(environment);
    }
}
