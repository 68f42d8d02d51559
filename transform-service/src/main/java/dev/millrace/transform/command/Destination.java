package dev.millrace.transform.command;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.model.context.Target;
import dev.millrace.transform.model.profile.Profile;
import dev.millrace.transform.model.profile.ProfileReader;
import dev.millrace.transform.model.profile.ProfileRequest;
import dev.millrace.transform.model.profile.WarehouseAccess;
import dev.millrace.transform.run.ServiceTarget;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;

/**
 * The warehouse that a project is built in.
 *
 * @param said where it was found, for the user
 */
record Destination(Target target, WarehouseAccess access, String said) {

    private static final int THREADS = 4;
    private static final int POSTGRES_PORT = 5432;

    /** Looks for it: what was named comes first, then the running stack, then a profile. */
    static Destination of(
            ProjectOptions options,
            ProjectFiles files,
            Map<String, Object> vars,
            Surroundings surroundings)
            throws IOException, CommandFailedException {
        if (options.url() != null) {
            return ofUrl(options, options.url(), files, surroundings.environment());
        }
        boolean profileNamed =
                options.profile() != null
                        || options.target() != null
                        || options.profilesDirectory() != null;
        Optional<RunningStack.Warehouse> stack =
                profileNamed && options.data() == null
                        ? Optional.empty()
                        : surroundings.stack().warehouse(options.data());
        if (stack.isPresent()) {
            return ofStack(options, stack.get(), files, surroundings.environment());
        }
        if (options.data() != null) {
            throw new CommandFailedException(
                    "no stack is running on "
                            + options.data()
                            + ". Start one: ./millrace up --data "
                            + options.data());
        }
        return ofProfile(options, vars, surroundings);
    }

    private static Destination ofProfile(
            ProjectOptions options, Map<String, Object> vars, Surroundings surroundings)
            throws CommandFailedException {
        Problems problems = new Problems();
        Optional<Profile> profile =
                new ProfileReader(surroundings.environment(), vars, problems)
                        .read(
                                new ProfileRequest(
                                        options.project(),
                                        surroundings.home(),
                                        options.profilesDirectory(),
                                        options.profile(),
                                        options.target(),
                                        options.threads()));
        if (profile.isEmpty() || !problems.isEmpty()) {
            boolean nowhere =
                    options.profilesDirectory() == null
                            && !Files.exists(options.project().resolve("profiles.yml"))
                            && !Files.exists(surroundings.home().resolve(".dbt/profiles.yml"));
            throw new CommandFailedException(
                    Mistakes.text(problems.list())
                            + (nowhere
                                    ? "\nOr name the database with --url, or start a stack here:"
                                            + " ./millrace up"
                                    : ""));
        }
        Profile found = profile.get();
        return new Destination(
                found.target(), found.access(), found.file() + ", target " + found.target().name());
    }

    private static Destination ofStack(
            ProjectOptions options,
            RunningStack.Warehouse stack,
            ProjectFiles files,
            Environment environment)
            throws CommandFailedException {
        String database = stack.url().substring(stack.url().lastIndexOf('/') + 1);
        return new Destination(
                target(options, database, stack.user(), files, environment),
                WarehouseAccess.of(stack.url(), stack.user(), stack.password()),
                "the running stack");
    }

    private static Destination ofUrl(
            ProjectOptions options, String url, ProjectFiles files, Environment environment)
            throws CommandFailedException {
        URI uri;
        try {
            uri = new URI(url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url);
        } catch (URISyntaxException e) {
            throw notAUrl(e);
        }
        String scheme = uri.getScheme();
        String path = uri.getPath() == null ? "" : uri.getPath().replaceFirst("^/", "");
        boolean postgres = "postgresql".equals(scheme) || "postgres".equals(scheme);
        if (!postgres || uri.getHost() == null || path.isEmpty()) {
            throw notAUrl(null);
        }
        Map<String, String> parameters = parameters(uri.getRawQuery());
        String[] userInfo =
                uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
        String user =
                userInfo.length > 0
                        ? decoded(userInfo[0])
                        : parameters.getOrDefault(
                                "user", environment.value("PGUSER").orElse("postgres"));
        String password =
                userInfo.length > 1
                        ? decoded(userInfo[1])
                        : parameters.getOrDefault(
                                "password", environment.value("PGPASSWORD").orElse(""));
        int port = uri.getPort() < 0 ? POSTGRES_PORT : uri.getPort();
        String jdbc =
                "jdbc:postgresql://"
                        + uri.getHost()
                        + ":"
                        + port
                        + "/"
                        + uri.getRawPath().substring(1);
        String ssl = parameters.get("sslmode");
        return new Destination(
                target(options, path, user, files, environment),
                WarehouseAccess.of(ssl == null ? jdbc : jdbc + "?sslmode=" + ssl, user, password),
                "--url");
    }

    private static CommandFailedException notAUrl(@Nullable Throwable cause) {
        // The URL is not repeated, as a password may be in it.
        String message =
                "--url is written postgresql://USER@HOST:PORT/DATABASE, with the password in"
                        + " PGPASSWORD; what is there is not";
        return cause == null
                ? new CommandFailedException(message)
                : new CommandFailedException(message, cause);
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new java.util.HashMap<>();
        if (query != null) {
            for (String each : query.split("&", -1)) {
                int equals = each.indexOf('=');
                if (equals > 0) {
                    parameters.put(
                            decoded(each.substring(0, equals)),
                            decoded(each.substring(equals + 1)));
                }
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** What templates see of a warehouse that no profile describes. */
    private static Target target(
            ProjectOptions options,
            String database,
            String user,
            ProjectFiles files,
            Environment environment)
            throws CommandFailedException {
        Problems problems = new Problems();
        int threads = options.threads() == null ? THREADS : options.threads();
        Target target = new ServiceTarget(environment, database, threads).of(files, problems);
        if (!problems.isEmpty()) {
            throw new CommandFailedException(Mistakes.text(problems.list()));
        }
        return new Target(
                options.target() == null ? target.name() : options.target(),
                options.profile() == null ? target.profile() : options.profile(),
                database,
                options.schema() == null ? target.schema() : options.schema(),
                threads,
                Map.of("user", user));
    }

    /** The same to be read by people: no password is in it. */
    String told() {
        return access.url().replaceFirst("^jdbc:", "").replaceFirst("\\?.*", "")
                + ", schema "
                + target.schema()
                + " ("
                + said
                + ")";
    }
}
