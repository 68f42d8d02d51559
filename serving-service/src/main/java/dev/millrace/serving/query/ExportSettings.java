package dev.millrace.serving.query;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * How much an export may hold, and for how long.
 *
 * @param exportLimit the most rows that a query may ask for in the forms of files
 * @param exportTimeout how long an export may keep its connection to the warehouse
 */
@ConfigurationProperties("millrace.serving")
record ExportSettings(
        @DefaultValue("50000") int exportLimit, @DefaultValue("5m") Duration exportTimeout) {

    ExportSettings {
        if (exportLimit < QueryReader.MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "millrace.serving.export-limit must be "
                            + QueryReader.MAX_LIMIT
                            + " or more, what a query may ask for as JSON; it is "
                            + exportLimit);
        }
        if (!exportTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "millrace.serving.export-timeout must be longer than nothing: without an end, a"
                            + " slow reader could keep a connection for good");
        }
    }
}
