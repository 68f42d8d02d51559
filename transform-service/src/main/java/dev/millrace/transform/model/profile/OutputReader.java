package dev.millrace.transform.model.profile;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.context.EnvironmentRendering;
import dev.millrace.transform.model.context.Target;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one output of a profile. */
final class OutputReader {

    private static final Set<String> PASSWORDS = Set.of("password", "pass");
    private static final Set<String> TYPES = Set.of("postgres", "redshift");
    private static final int MAX_THREADS = 256;

    private final Output output;
    private final EnvironmentRendering rendering;
    private final Problems problems;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, Object> shown = new LinkedHashMap<>();
    private boolean failed;

    /** An output with its name. */
    record Output(String name, YamlMapping mapping) {}

    /** What an output comes down to. */
    record Read(Target target, WarehouseAccess access) {}

    OutputReader(Output output, EnvironmentRendering rendering, Problems problems) {
        this.output = output;
        this.rendering = rendering;
        this.problems = problems;
    }

    Optional<Read> read(String profile, @Nullable Integer askedThreads) {
        if (!isPostgres()) {
            return Optional.empty();
        }
        output.mapping().entries().forEach(this::take);
        alias("dbname", "database");
        alias("pass", "password");
        int threads = askedThreads == null ? number("threads", 1, 1, MAX_THREADS) : askedThreads;
        String database = required("dbname", "database");
        String schema = required("schema", "schema");
        PostgresSettings settings =
                new PostgresSettings(
                        required("host", "host"),
                        number("port", 5432, 1, 65_535),
                        database,
                        required("user", "user"),
                        text("password").orElse(""),
                        number("connect_timeout", 10, 0, 3_600),
                        number("keepalives_idle", 0, 0, 86_400),
                        number("retries", 1, 0, 100));
        settings.check(problem -> reject("host", problem));
        if (failed) {
            return Optional.empty();
        }
        WarehouseAccess access = settings.access(this::text);
        shown.keySet().removeAll(PASSWORDS);
        return Optional.of(
                new Read(
                        new Target(
                                output.name(),
                                profile,
                                database,
                                schema,
                                threads,
                                connection(settings)),
                        access));
    }

    private boolean isPostgres() {
        Optional<YamlValue> written = output.mapping().take("type");
        if (written.isEmpty()) {
            reject("type", "the key 'type' is required here: postgres");
            return false;
        }
        take("type", written.get());
        String type = text("type").orElse("");
        if (!failed && !TYPES.contains(type)) {
            reject(
                    "type",
                    "the output '"
                            + output.name()
                            + "' is of the type '"
                            + type
                            + "', and Millrace builds in PostgreSQL only; add an output of the"
                            + " type postgres, and choose it with --target");
        }
        return !failed;
    }

    private void take(String key, YamlValue value) {
        if (!value.isScalar() || value.isNull() || values.containsKey(key)) {
            return;
        }
        try {
            Object plain = value.plain();
            EnvironmentRendering.Value rendered =
                    plain instanceof String text
                            ? rendering.render(value.position().file(), text)
                            : new EnvironmentRendering.Value(plain, false);
            if (rendered.value() != null) {
                values.put(key, rendered.value());
                if (!rendered.secret()) {
                    shown.put(key, rendered.value());
                }
            }
        } catch (JinjaException e) {
            // What a filter complains of may be the password itself.
            reject(key, PASSWORDS.contains(key) && !isMissing(e) ? HIDDEN : e.problem());
        }
    }

    private static final String HIDDEN =
            "the password cannot be rendered; what is wrong is not told, as it may be in it";

    private static boolean isMissing(JinjaException e) {
        return e.problem().startsWith("the environment variable ");
    }

    private void alias(String written, String meant) {
        Object value = values.get(written);
        if (value != null) {
            values.putIfAbsent(meant, value);
            if (shown.containsKey(written)) {
                shown.putIfAbsent(meant, value);
            }
        }
    }

    private Optional<String> text(String key) {
        return Optional.ofNullable(values.get(key)).map(String::valueOf);
    }

    private String required(String written, String key) {
        Optional<String> text = text(key).filter(value -> !value.isBlank());
        if (text.isEmpty() && !failed) {
            reject(
                    written,
                    "the key '" + written + "' is required in the output '" + output.name() + "'");
        }
        return text.orElse("");
    }

    private int number(String key, int otherwise, int least, int most) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        boolean digits = text.get().strip().matches("\\d{1,9}");
        int number = digits ? Integer.parseInt(text.get().strip()) : -1;
        if (number < least || number > most) {
            reject(key, "expected a number from " + least + " to " + most);
            return otherwise;
        }
        return number;
    }

    private void reject(String key, String problem) {
        failed = true;
        problems.add(output.mapping().position(key), problem);
    }

    /** What templates may read of the connection. */
    private Map<String, Object> connection(PostgresSettings settings) {
        Map<String, Object> connection = new LinkedHashMap<>();
        for (String key : PostgresSettings.SHOWN) {
            Object value = shown.get(key);
            if (value != null) {
                connection.put(key, value);
            }
        }
        if (!values.containsKey("port") || shown.containsKey("port")) {
            connection.put("port", (long) settings.port());
        }
        connection.put("connect_timeout", (long) settings.connectTimeout());
        connection.put("keepalives_idle", (long) settings.keepalivesIdle());
        connection.put("retries", (long) settings.retries());
        return connection;
    }
}
