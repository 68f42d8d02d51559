package dev.millrace.transform.model.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;

class WarehouseAccessTest {

    @TempDir Path directory;

    @Test
    void aSessionBeginsWithTheRoleAndSearchPathOfTheOutput() throws Exception {
        TestWarehouse warehouse = TestWarehouse.create();
        try (Connection owner = warehouse.ownerConnection();
                Statement statement = owner.createStatement()) {
            statement.execute(
                    "DROP ROLE IF EXISTS \"odd role\"; CREATE ROLE \"odd role\"; GRANT \"odd role\""
                            + " TO "
                            + warehouse.username(Role.MODELS));
        }
        URI uri = URI.create(warehouse.url().substring("jdbc:".length()));
        Files.writeString(directory.resolve("dbt_project.yml"), "name: shop\nprofile: shop\n");
        Files.writeString(
                directory.resolve("profiles.yml"),
                """
                shop:
                  outputs:
                    default:
                      type: postgres
                      host: %s
                      port: %d
                      user: %s
                      password: %s
                      dbname: %s
                      schema: analytics
                      role: odd role
                      search_path: '"a b", public'
                """
                        .formatted(
                                uri.getHost(),
                                uri.getPort(),
                                warehouse.username(Role.MODELS),
                                warehouse.password(Role.MODELS),
                                uri.getPath().substring(1)));
        Problems problems = new Problems();
        Profile profile =
                new ProfileReader(Environment.of(Map.of()), Map.of(), problems)
                        .read(ProfileRequest.of(directory, directory))
                        .orElseThrow();
        try (Connection connection = profile.access().connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT current_user, current_setting('search_path'),"
                                        + " current_setting('application_name')")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("odd role");
            assertThat(row.getString(2)).isEqualTo("\"a b\", public");
            assertThat(row.getString(3)).isEqualTo("millrace");
        }
    }
}
