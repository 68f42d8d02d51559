package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

class WarehouseSettingsTest {

    private static WarehouseSettings bound(String... settings) {
        Map<String, String> all = new HashMap<>();
        all.put("millrace.warehouse.url", "jdbc:postgresql://warehouse/db");
        all.put("millrace.warehouse.username", "millrace_reader");
        all.put("millrace.warehouse.password", "secret");
        for (int i = 0; i < settings.length; i += 2) {
            all.put("millrace.warehouse." + settings[i], settings[i + 1]);
        }
        return new Binder(new MapConfigurationPropertySource(all))
                .bind("millrace.warehouse", WarehouseSettings.class)
                .get();
    }

    @Test
    void onlyWhereAndWhoMustBeSaid() {
        WarehouseSettings settings = bound();

        assertThat(settings.searchPath()).isEqualTo("analytics, public");
        assertThat(settings.poolSize()).isEqualTo(10);
        assertThat(settings.statementTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.connectionTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.maxResultBytes()).isEqualTo(DataSize.ofMegabytes(64));
        assertThat(settings.resultBytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 4);
    }

    @Test
    void sizesMayBeNumbersOfBytesOrHaveAUnit() {
        WarehouseSettings settings =
                bound("max-result-bytes", "67108865", "result-memory", "256MB");

        assertThat(settings.maxResultBytes().toBytes()).isEqualTo(67_108_865);
        assertThat(settings.resultBytes()).isEqualTo(256L << 20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    url               |                  | millrace.warehouse.url is not set
                    username          |                  | .username and .password are not set
                    password          |                  | .username and .password are not set
                    search-path       | a; DROP SCHEMA b | holds names of schemas
                    search-path       | a' -c b=c        | holds names of schemas
                    search-path       | a\\               | holds names of schemas
                    pool-size         | 0                | pool-size must be 1 or more; it is 0
                    statement-timeout | 0s               | statement-timeout must be 1ms or more
                    max-result-bytes  | 0                | must be more than nothing
                    result-memory     | -1               | must be more than nothing
                    """)
    void whatCannotWorkIsRefusedAtStart(String name, @Nullable String value, String error) {
        assertThatThrownBy(() -> bound(name, value == null ? "" : value))
                .isInstanceOf(BindException.class)
                .hasStackTraceContaining(error);
    }

    @Test
    void thePasswordIsNotWrittenAnywhere() {
        assertThat(bound().toString()).doesNotContain("secret");
    }
}
