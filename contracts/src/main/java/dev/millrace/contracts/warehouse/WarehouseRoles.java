package dev.millrace.contracts.warehouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The script that a database's owner runs once: roles, their schemas and what each may do. */
public final class WarehouseRoles {

    private WarehouseRoles() {}

    /**
     * SQL that creates the roles of {@link Role} and the services' schemas in the database that it
     * is run in. May be run again. Sets no passwords.
     */
    public static String script() {
        try (InputStream in = WarehouseRoles.class.getResourceAsStream("roles.sql")) {
            if (in == null) {
                throw new IllegalStateException("roles.sql is missing from the contracts jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
