package dev.millrace.contracts.warehouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The script that a database's owner runs once: roles, their schemas and what each may do. */
public final class WarehouseRoles {

    /**
     * What the owner says after that: the secret that serving signs tenants' tokens with, as the
     * only parameter, so that it stands in no statement.
     */
    public static final String SET_TENANT_SECRET = "SELECT millrace.set_tenant_secret(?)";

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
