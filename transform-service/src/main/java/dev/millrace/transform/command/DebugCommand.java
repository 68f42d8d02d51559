package dev.millrace.transform.command;

import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.context.TemplateNames;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Finds out whether the project can be read and its warehouse reached. */
@picocli.CommandLine.Command(
        name = "debug",
        mixinStandardHelpOptions = true,
        description = "Tell whether the project can be read and its warehouse reached.")
final class DebugCommand extends ProjectCommand {

    private static final String RIGHTS =
            """
            SELECT version(), current_user,
              has_database_privilege(current_database(), 'CREATE'),
              has_database_privilege(current_database(), 'TEMPORARY')
            """;

    DebugCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Console console) throws CommandFailedException, IOException {
        console.give("Speaks: dbt " + TemplateNames.DBT_VERSION);
        console.give("Java: " + Runtime.version());
        console.give("Project: " + options().project().toAbsolutePath().normalize());
        ProjectFiles files = ProjectFiles.read(options().project());
        Destination destination =
                Destination.of(
                        options(), files, OpenProject.vars(options().vars()), surroundings());
        console.give("Warehouse: " + destination.told());
        int failures = reach(destination, console);
        try {
            OpenProject project = OpenProject.open(options(), surroundings(), word(), console);
            project.warnings().forEach(warning -> console.complain("[WARNING]: " + warning));
            console.give("dbt_project.yml and all that belongs to it: OK");
        } catch (CommandFailedException e) {
            console.complain(String.valueOf(e.getMessage()));
            failures++;
        }
        console.give(failures == 0 ? "All checks passed!" : "Some checks failed.");
        return failures == 0 ? 0 : 1;
    }

    private static int reach(Destination destination, Console console) {
        try (Connections connections = new Connections(destination.access());
                Connection connection = connections.connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(RIGHTS)) {
            row.next();
            console.give("Connection: OK, " + row.getString(1));
            boolean mayBuild = row.getBoolean(3) && row.getBoolean(4);
            console.give(
                    mayBuild
                            ? "Rights: OK, " + row.getString(2) + " may create schemas"
                            : "Rights: "
                                    + row.getString(2)
                                    + " may not create schemas or temporary tables; GRANT CREATE,"
                                    + " TEMPORARY ON DATABASE to it");
            return mayBuild ? 0 : 1;
        } catch (SQLException e) {
            console.complain("Connection: failed: " + Session.problem(e));
            return 1;
        }
    }
}
