package dev.millrace.serving.query;

import dev.millrace.test.TestWarehouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** The service over the shop, started once for all tests that only ask it. */
final class ShopService {

    private static final String MODEL =
            Shop.MODEL.replace(
                    "views:\n",
                    """
                      - name: slow
                        sql: "SELECT pg_sleep(3)::text AS slept, 1 AS one"
                        dimensions: [{name: slept, sql: slept, type: string}]
                        measures: [{name: count, type: count}]
                      - name: absent
                        sql_table: shop.not_landed_yet
                        measures: [{name: count, type: count}]
                      - name: secrets
                        sql_table: shop.customers
                        dimensions: [{name: id, sql: id, type: number, primary_key: true}]
                        measures: [{name: count, type: count}]
                        access_policy: [{role: boss, row_level: {filters: [{member: id, operator: equals, values: ["1"]}]}}]
                    views:
                    """);

    static final TestWarehouse WAREHOUSE = TestWarehouse.create();
    static final Shop SHOP = Shop.of(7);

    private static final RunningService SERVICE = start();

    private ShopService() {}

    /** It runs as long as the JVM of the tests does. */
    static RunningService running() {
        return SERVICE;
    }

    private static RunningService start() {
        try {
            SHOP.land(WAREHOUSE);
            Path project = Files.createTempDirectory("shop");
            RunningService.writeModel(project, MODEL);
            RunningService service =
                    RunningService.start(
                            WAREHOUSE, project, "millrace.serving.continue-wait-timeout=2s");
            Runtime.getRuntime().addShutdownHook(new Thread(service::close));
            return service;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
