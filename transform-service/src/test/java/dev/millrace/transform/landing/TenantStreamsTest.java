package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Landed tables whose rows readers see by tenant. */
@Timeout(180)
class TenantStreamsTest {

    private static final String ROW = "{\"id\": %d, \"tenant_id\": \"%s\"}";

    /** Row-level security, the readers' policy, and whether they are granted anything. */
    private static String protection(LandingStage stage) {
        return stage.one(
                """
                SELECT concat_ws(' ', relrowsecurity, (
                    SELECT count(*) FROM pg_policy WHERE polrelid = c.oid AND polname = 'millrace_tenant'),
                  has_table_privilege('millrace_reader', c.oid, 'SELECT'))
                FROM pg_class c WHERE c.oid = '$S.click'::regclass\
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id: id, tenant: tenant_id",
                "id: id, tenant: tenant_id, partition: month",
                "write_disposition: merge, primary_key: [id], tenant: tenant_id",
                "write_disposition: merge, primary_key: [id], deletes: history, tenant: tenant_id",
            })
    void aNewTableIsReadByTenant(String settings) {
        try (LandingStage stage = LandingStage.plain(settings)) {
            stage.land(ROW.formatted(1, "a"), ROW.formatted(2, "b"));
            assertThat(protection(stage)).isEqualTo("[t 1 t]");

            stage.land("{\"id\": 3, \"tenant_id\": \"a\", \"another\": 1}");
            assertThat(protection(stage)).isEqualTo("[t 1 t]");
            assertThat(stage.one("SELECT count(*) FROM $S.click")).isEqualTo("[3]");
        }
    }

    @Test
    void untilAColumnNamesTheTenantNobodyReadsIt() {
        try (LandingStage stage = LandingStage.plain("id: id, tenant: tenant_id")) {
            stage.land("{\"id\": 1}");
            assertThat(protection(stage)).isEqualTo("[t 0 f]");

            stage.land(ROW.formatted(2, "a"));
            assertThat(protection(stage)).isEqualTo("[t 1 t]");
        }
    }

    @Test
    void aTableThatWasThereBeforeIsReadByTenantFromTheNextRecordOn() {
        try (LandingStage stage = LandingStage.plain("id: id")) {
            stage.land(ROW.formatted(1, "a"));
            assertThat(protection(stage)).isEqualTo("[f 0 t]");
            stage.project(
                    "{name: %s, type: kafka, streams: [{name: click, topic: %s, id: id, tenant: tenant_id}]}"
                            .formatted(stage.source, stage.clicks()));

            stage.land(ROW.formatted(2, "a"));
            assertThat(protection(stage)).isEqualTo("[t 1 t]");
        }
    }

    @Test
    void aTableWithoutTenantsIsReadByAll() {
        try (LandingStage stage = LandingStage.plain("id: id")) {
            stage.land(ROW.formatted(1, "a"));
            assertThat(protection(stage)).isEqualTo("[f 0 t]");
        }
    }
}
