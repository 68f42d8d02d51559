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

    /**
     * Whom serving asks as: a member of {@link Role#READER} with its password. Other members of
     * that role cannot see its queries or end them, as they could with those of the role itself.
     */
    public static final String ANSWERS = "millrace_answers";

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
