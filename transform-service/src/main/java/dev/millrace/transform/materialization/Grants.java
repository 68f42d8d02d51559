package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Gives a relation the privileges that a model asks for, and takes the others away. What every new
 * relation of the schema is given stays: that is for whoever looks after the warehouse. A model
 * that asks for none leaves them as they are.
 */
final class Grants {

    private static final String PUBLIC = "PUBLIC";

    private static final String HELD =
            """
            SELECT lower(a.privilege_type), coalesce(r.rolname, 'PUBLIC')
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              CROSS JOIN LATERAL aclexplode(c.relacl) a
              LEFT JOIN pg_roles r ON r.oid = a.grantee
            WHERE n.nspname = ? AND c.relname = ? AND a.grantee <> c.relowner
            ORDER BY 1, 2
            """;

    private static final String OF_EVERY_RELATION =
            """
            SELECT lower(a.privilege_type), coalesce(r.rolname, 'PUBLIC')
            FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) a
              LEFT JOIN pg_roles r ON r.oid = a.grantee
            WHERE d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
              AND d.defaclobjtype = 'r'
              AND d.defaclnamespace IN (0, coalesce(to_regnamespace(quote_ident(?))::oid, 0))
            """;

    private final Session session;
    private final RelationName relation;

    Grants(Session session, RelationName relation) {
        this.session = session;
        this.relation = relation;
    }

    private record Grant(String privilege, String grantee) {

        static Grant read(ResultSet row) throws SQLException {
            return new Grant(row.getString(1), row.getString(2));
        }

        String quotedGrantee() {
            return grantee.equals(PUBLIC) ? PUBLIC : RelationName.quote(grantee);
        }
    }

    /**
     * @param wanted roles by privilege; nothing changes if there are none at all
     */
    void apply(Map<String, List<String>> wanted) throws SQLException {
        if (wanted.isEmpty()) {
            return;
        }
        Set<Grant> asked = new LinkedHashSet<>();
        wanted.forEach(
                (privilege, grantees) ->
                        grantees.forEach(
                                grantee ->
                                        asked.add(
                                                new Grant(
                                                        privilege.toLowerCase(Locale.ROOT),
                                                        grantee.equalsIgnoreCase(PUBLIC)
                                                                ? PUBLIC
                                                                : grantee))));
        Set<Grant> held =
                new LinkedHashSet<>(
                        session.query(HELD, Grant::read, relation.schema(), relation.name()));
        Set<Grant> kept =
                new LinkedHashSet<>(
                        session.query(OF_EVERY_RELATION, Grant::read, relation.schema()));
        for (Grant grant : held) {
            if (!asked.contains(grant) && !kept.contains(grant)) {
                run("REVOKE ", grant, " FROM ");
            }
        }
        for (Grant grant : asked) {
            if (!held.contains(grant)) {
                run("GRANT ", grant, " TO ");
            }
        }
    }

    private void run(String verb, Grant grant, String direction) throws SQLException {
        session.execute(
                verb
                        + grant.privilege()
                        + " ON "
                        + relation.quoted()
                        + direction
                        + grant.quotedGrantee());
    }
}
