package dev.millrace.serving.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.Visit;
import dev.millrace.test.TestWarehouse;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import javax.sql.DataSource;

@Timeout(120)
class UsageTest {

    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-07-01T12:00:00Z"), ZoneOffset.UTC);

    private final DataSource database = database(TestWarehouse.create());
    private final JdbcClient sql = JdbcClient.create(database);
    private boolean canRead = true;
    private final UsageTable table =
            new UsageTable(sql) {
                @Override
                Map<Usage.Total, Long> rows(Collection<Usage.Total> totals) {
                    if (!canRead) {
                        throw new TransientDataAccessResourceException("the database is away");
                    }
                    return super.rows(totals);
                }
            };
    private final Usage usage = new Usage(table, CLOCK);

    private static DataSource database(TestWarehouse warehouse) {
        String url = warehouse.url();
        return new DriverManagerDataSource(
                url + (url.contains("?") ? "&" : "?") + "currentSchema=serving",
                warehouse.username(Role.SERVING),
                warehouse.password(Role.SERVING));
    }

    @BeforeEach
    void tables() {
        Flyway.configure()
                .dataSource(database)
                .schemas("serving")
                .defaultSchema("serving")
                .createSchemas(false)
                .placeholderReplacement(false)
                .locations("classpath:db/migration/operations", "classpath:db/migration/serving")
                .load()
                .migrate();
    }

    private static Usage.User user(String name, String... tenants) {
        return Usage.User.of(
                new Visit(new Caller(name, Map.of()), List.of(tenants), "load", Instant.EPOCH));
    }

    private long written() {
        return sql.sql("SELECT coalesce(sum(rows), 0) FROM serving.caller_usage")
                .query(Long.class)
                .single();
    }

    @Test
    void whatIsWrittenIsNotWrittenAgainBecauseNothingCanBeRead() {
        usage.used(user("ann"), 7, 1, 1);
        canRead = false;
        assertThatThrownBy(usage::flush).isInstanceOf(TransientDataAccessResourceException.class);
        assertThatThrownBy(usage::flush).isInstanceOf(TransientDataAccessResourceException.class);
        canRead = true;
        usage.used(user("ann"), 2, 1, 1);

        usage.flush();

        assertThat(written()).isEqualTo(9);
        assertThat(usage.rowsToday(Usage.Kind.CALLER, "token:ann")).isEqualTo(9);
    }

    @Test
    void whatCouldNotBeReadIsKnownAsSoonAsItCan() {
        usage.used(user("ann", "a"), 7, 1, 1);
        assertThat(usage.rowsToday(Usage.Kind.TENANT, "a")).isEqualTo(7);
        canRead = false;
        assertThatThrownBy(usage::flush).isInstanceOf(TransientDataAccessResourceException.class);
        canRead = true;

        assertThat(usage.rowsToday(Usage.Kind.TENANT, "a")).isEqualTo(7);
    }

    @Test
    void aListOfManyTenantsKeepsNobodysUsageFromBeingWritten() {
        String[] tenants =
                Stream.generate(() -> UUID.randomUUID().toString())
                        .limit(100)
                        .toArray(String[]::new);
        String name = Stream.generate(UUID::randomUUID).limit(200).toList().toString();
        usage.used(user(name, tenants), 3, 1, 1);
        usage.used(user("ann", "a"), 4, 1, 1);

        usage.flush();

        assertThat(written()).isEqualTo(7);
        for (String tenant : List.of(tenants[0], tenants[99])) {
            assertThat(usage.rowsToday(Usage.Kind.TENANT, tenant)).isEqualTo(3);
        }
        assertThat(usage.rowsToday(Usage.Kind.CALLER, user(name).account())).isEqualTo(3);
    }

    @Test
    void whatACallerOfSeveralTenantsUsesCountsForEachAndForTheCallerOnce() {
        usage.used(user("ann", "a", "b"), 3, 1, 1);
        usage.used(user("ann", "a"), 10, 1, 1);
        usage.used(user("ben", "b"), 100, 1, 1);
        usage.used(user("cam", "a,b"), 1_000, 1, 1);

        assertTotals();
        usage.flush();
        assertTotals();
        assertThat(table.lines(null, null, null, "b", null, 10))
                .extracting(UsageTable.Line::account)
                .containsExactlyInAnyOrder("token:ann", "token:ben");
    }

    private void assertTotals() {
        assertThat(usage.rowsToday(Usage.Kind.TENANT, "a")).isEqualTo(13);
        assertThat(usage.rowsToday(Usage.Kind.TENANT, "b")).isEqualTo(103);
        assertThat(usage.rowsToday(Usage.Kind.TENANT, "a,b")).isEqualTo(1_000);
        assertThat(usage.rowsToday(Usage.Kind.CALLER, "token:ann")).isEqualTo(13);
    }

    /** While the database is away, what is counted grows; nobody's request may pay for it. */
    @Test
    void howMuchIsPendingDoesNotMakeARequestSlower() {
        for (int i = 0; i < 100_000; i++) {
            usage.used(user("caller-" + i), 1, 1, 1);
        }
        assertThat(usage.rowsToday(Usage.Kind.CALLER, "token:caller-1")).isEqualTo(1);
        long began = System.nanoTime();

        for (int i = 0; i < 20_000; i++) {
            usage.rowsToday(Usage.Kind.CALLER, "token:caller-1");
        }

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }
}
