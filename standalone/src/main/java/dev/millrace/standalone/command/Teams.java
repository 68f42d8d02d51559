package dev.millrace.standalone.command;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** The logins of teams in a warehouse, for its owner at a terminal. */
final class Teams {

    private static final int PASSWORD_BYTES = 24;

    private final Connection owner;
    private final String jdbcUrl;
    private final PrintWriter out;

    /**
     * @param jdbcUrl where teams find the warehouse
     */
    Teams(Connection owner, String jdbcUrl, PrintWriter out) {
        this.owner = owner;
        this.jdbcUrl = jdbcUrl;
        this.out = out;
    }

    /**
     * Makes a team, and shows its password this once: alone in the first line, so that a script can
     * take it.
     *
     * @param tenants whose rows it sees; null for those of all
     * @param until when it ends; null for never
     */
    int create(String name, @Nullable List<String> tenants, @Nullable Instant until)
            throws SQLException, IOException {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        String login;
        owner.setAutoCommit(false);
        try {
            login = made(name, tenants, until);
            // The driver computes the verifier: the server, and its log, do not get to see it.
            owner.unwrap(PGConnection.class)
                    .alterUserPassword(login, password.toCharArray(), "scram-sha-256");
            owner.commit();
        } catch (SQLException e) {
            owner.rollback();
            throw told(e);
        } finally {
            owner.setAutoCommit(true);
        }
        out.println(password);
        out.println("the password of " + login + "; it is shown this once");
        out.println(jdbcUrl + "?user=" + login);
        out.println(
                "psql "
                        + jdbcUrl.replaceFirst(
                                "jdbc:postgresql://", "postgresql://" + login + "@"));
        return 0;
    }

    private String made(String name, @Nullable List<String> tenants, @Nullable Instant until)
            throws SQLException {
        try (PreparedStatement make =
                owner.prepareStatement("SELECT millrace.make_team(?, ?, ?)")) {
            make.setString(1, name);
            if (tenants == null) {
                make.setNull(2, Types.ARRAY);
            } else {
                make.setArray(2, owner.createArrayOf("text", tenants.toArray()));
            }
            make.setTimestamp(3, until == null ? null : Timestamp.from(until));
            try (ResultSet rows = make.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    int list() throws SQLException {
        boolean none = true;
        try (Statement statement = owner.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                """
                                SELECT t.role, t.tenants, t.valid_until, t.valid_until <= now(),
                                  (SELECT count(*) FROM pg_stat_activity WHERE usename = t.role)
                                FROM millrace.teams t ORDER BY t.role
                                """)) {
            while (rows.next()) {
                none = false;
                Timestamp until = rows.getTimestamp(3);
                out.println(
                        "%s  %s%s, %d connected"
                                .formatted(
                                        rows.getString(1),
                                        tenants(rows.getArray(2)),
                                        until == null
                                                ? ""
                                                : (rows.getBoolean(4) ? ", ended " : ", until ")
                                                        + until.toInstant(),
                                        rows.getInt(5)));
            }
        }
        if (none) {
            out.println("There are no teams; make one with: millrace teams create NAME");
        }
        return 0;
    }

    private static String tenants(@Nullable Array tenants) throws SQLException {
        if (tenants == null) {
            return "all tenants";
        }
        String[] names = (String[]) tenants.getArray();
        return switch (names.length) {
            case 0 -> "no tenant";
            case 1 -> "tenant " + names[0];
            default -> "tenants " + String.join(", ", names);
        };
    }

    int drop(String name) throws SQLException, IOException {
        try (PreparedStatement drop = owner.prepareStatement("SELECT millrace.drop_team(?)")) {
            drop.setString(1, name);
            drop.execute();
        } catch (SQLException e) {
            throw told(e);
        }
        out.println("team_" + name + " is gone, and its sessions have ended");
        return 0;
    }

    /** What the database says to whoever typed the command, without where in its code it did. */
    private static IOException told(SQLException failure) {
        String message = String.valueOf(failure.getMessage());
        return new IOException(
                message.lines().findFirst().orElse("").replaceFirst("^ERROR: ", ""), failure);
    }
}
