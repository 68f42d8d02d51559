package dev.millrace.transform.run.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.sql.Connection;

class CatalogFileTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();

    @TempDir Path directory;
    private JsonNode catalog;

    @BeforeEach
    void buildAndLook() throws Exception {
        WAREHOUSE.execute(
                Role.MODELS,
                """
                CREATE SCHEMA IF NOT EXISTS analytics;
                DROP VIEW IF EXISTS analytics.stg_orders;
                DROP TABLE IF EXISTS analytics.orders, analytics.strangers;
                CREATE TABLE analytics.orders (amount numeric(10,2), "Day" timestamptz, gone int);
                ALTER TABLE analytics.orders DROP COLUMN gone;
                INSERT INTO analytics.orders VALUES (1, now()), (2, now());
                COMMENT ON TABLE analytics.orders IS 'all orders';
                COMMENT ON COLUMN analytics.orders.amount IS 'what is paid';
                CREATE VIEW analytics.stg_orders AS SELECT 1 AS id;
                CREATE TABLE analytics.strangers (id int);
                ANALYZE analytics.orders;
                """);
        ArtifactStage stage = ArtifactStage.of(directory, ShopProject.files());
        try (Connection connection = WAREHOUSE.connection(Role.MODELS)) {
            stage.artifacts.catalog(stage.manifest(), ArtifactStage.TARGET, connection);
        }
        catalog = stage.json("catalog.json");
    }

    @Test
    void theRelationsOfTheProjectAreListedAndNoOthers() {
        assertThat(catalog.get("nodes").propertyNames())
                .containsExactlyInAnyOrder("model.shop.orders", "model.shop.stg_orders");
        assertThat(catalog.get("sources").size()).isZero();
        assertThat(catalog.get("errors").isNull()).isTrue();
    }

    @Test
    void aTableHasItsTypeOwnerAndComment() {
        assertThat(catalog.at("/nodes/model.shop.orders/metadata").toString())
                .isEqualTo(
                        "{\"type\":\"BASE TABLE\",\"schema\":\"analytics\",\"name\":\"orders\","
                                + "\"database\":\"shopdb\",\"comment\":\"all orders\",\"owner\":\""
                                + Role.MODELS.roleName()
                                + "\"}");
        assertThat(catalog.at("/nodes/model.shop.stg_orders/metadata/type").asString())
                .isEqualTo("VIEW");
    }

    @Test
    void columnsHaveTheirTypesAndComments() {
        JsonNode columns = catalog.at("/nodes/model.shop.orders/columns");
        assertThat(columns.propertyNames()).containsExactly("amount", "Day");
        assertThat(columns.get("amount").toString())
                .isEqualTo(
                        "{\"type\":\"numeric(10,2)\",\"index\":1,\"name\":\"amount\","
                                + "\"comment\":\"what is paid\"}");
    }

    @Test
    void statisticsAreTheWarehousesOwn() {
        JsonNode stats = catalog.at("/nodes/model.shop.orders/stats");
        assertThat(stats.at("/num_rows/value").asLong()).isEqualTo(2);
        assertThat(stats.at("/num_bytes/value").asLong()).isPositive();
        assertThat(stats.at("/has_stats/value").asBoolean()).isTrue();
        assertThat(catalog.at("/nodes/model.shop.stg_orders/stats/has_stats/value").asBoolean())
                .isFalse();
    }
}
