package dev.millrace.contracts.project;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Whatever stands in the files of a project, it is read or its mistakes are told: a service that
 * meets another exception would stop following its project.
 */
class AnyProjectTest {

    private static final List<String> PATHS =
            List.of(
                    "sources/a.yml",
                    "model/cubes/a.yml",
                    "alerts/a.yml",
                    "dbt_project.yml",
                    "models/a.yml",
                    "profiles.yml",
                    "source/a.yml");

    private static final Map<String, String> GOOD =
            Map.of(
                    "sources/a.yml",
                    """
                    sources:
                      - name: web
                        owner: a@b.example
                        type: segment
                        write_key: ${KEY}
                        strict: true
                        schema_contract: {tables: evolve, columns: freeze, data_type: discard_row}
                        pii: {context.ip: drop, traits.email: hash}
                        streams:
                          - {name: order_completed, event_time: properties.at}
                      - name: clicks
                        type: kafka
                        schema_contract: freeze
                        streams: [{name: click, topic: shop.clicks, format: json, id: a, event_time: b}]
                    """,
                    "model/cubes/a.yml",
                    """
                    cubes:
                      - name: orders
                        sql_table: mart.orders
                        refresh_key: {every: 1 hour}
                        meta: {owner: growth, since: 2020-01-01}
                        joins:
                          - {name: users, relationship: many_to_one, sql: "{CUBE}.u = {users.id}"}
                        dimensions:
                          - {name: id, sql: id, type: number, primary_key: true}
                          - {name: at, sql: at, type: time, granularities: [{name: fiscal, interval: 1 year}]}
                          - name: size
                            type: string
                            case: {when: [{sql: "{CUBE}.a > 1", label: big}], else: {label: small}}
                          - {name: place, type: geo, latitude: {sql: a}, longitude: {sql: b}}
                        measures:
                          - {name: count, type: count, drill_members: [id]}
                          - {name: rate, sql: "1.0 * {count}", type: number}
                          - {name: recent, sql: a, type: sum, rolling_window: {trailing: 7 day}}
                        segments: [{name: s, sql: "{CUBE}.a = 'x' || $$ y $$"}]
                        hierarchies: [{name: h, levels: [size]}]
                        pre_aggregations: [{name: p, measures: [count], granularity: day}]
                        access_policy: [{role: "*", row_level: {filters: [{or: [{member: id, operator: set}]}]}}]
                      - name: users
                        sql: select * from users
                        dimensions: [{name: id, sql: id, type: number, primary_key: true}]
                    views:
                      - name: v
                        cubes:
                          - {join_path: orders, includes: "*", excludes: [size]}
                          - {join_path: orders.users, prefix: true, includes: [{name: id, alias: u}]}
                        folders: [{name: f, includes: [count]}]
                    """,
                    "alerts/a.yml",
                    """
                    channels:
                      - {name: ops, type: webhook, url: "http://hooks.example/${KEY}", format: slack}
                    alerts:
                      - name: stopped
                        labels: {team: x}
                        query:
                          measures: [orders.count]
                          dimensions: [orders.size]
                          filters: [{or: [{member: orders.id, operator: set}]}]
                          timeDimensions: [{dimension: orders.at, granularity: minute, dateRange: "from 30 minutes ago to now"}]
                        every: 10s
                        when: {below: 1, for: 5m, resolve_at: 5, resolve_for: 2m}
                        calendar: {open: "Mo-Sa 08:00-22:00; Su off", timezone: Europe/Berlin, closed: [2026-12-25]}
                        severity: critical
                        group_by: [size]
                        notify: [ops]
                      - name: odd
                        query: {measures: [orders.count], timeDimensions: [{dimension: orders.at, dateRange: today}]}
                        when: {outside_baseline: {season: day, sensitivity: 2.5, history: 4}}
                        inhibited_by: [stopped]
                        notify: [ops]
                    """,
                    "dbt_project.yml",
                    """
                    name: shop
                    profile: shop
                    model-paths: [models]
                    vars: {start: 2020-01-01, n: 1, deep: {a: [1, 2.5, yes, ~]}}
                    models: {+materialized: view, shop: {marts: {+schema: m, tags: [a]}}}
                    seeds: {+delimiter: ";"}
                    on-run-start: select 1
                    """,
                    "models/a.yml",
                    """
                    version: 2
                    models:
                      - name: a
                        description: x
                        config: {materialized: table, tags: [a]}
                        columns: [{name: id, tests: [unique]}]
                    sources: [{name: s, tables: [{name: t, identifier: u}]}]
                    """,
                    "profiles.yml",
                    "shop: {target: a, outputs: {a: {type: postgres, schema: s, pass: x}}}\n",
                    "source/a.yml",
                    "x: 1\n");

    private static final List<String> PIECES =
            List.of(
                    "&a ",
                    "*a",
                    "<<: ",
                    "<<: *a",
                    "<<: [*a, *b]",
                    "&b ",
                    "*b",
                    "~",
                    "!!int ",
                    "!!binary ",
                    "!!set ",
                    "!x ",
                    "? ",
                    "[",
                    "]",
                    "{",
                    "}",
                    ": ",
                    "- ",
                    ", ",
                    "\n",
                    "\n  ",
                    "'",
                    "\"",
                    "|",
                    ">-",
                    "#",
                    "%",
                    "@",
                    "`",
                    "\t",
                    "${",
                    "${KEY}",
                    "${NO}",
                    "{CUBE}",
                    "{a.b.c}",
                    "{{ x }}",
                    "$$",
                    "$1",
                    "/*",
                    "--",
                    ";",
                    "(",
                    ")",
                    "..",
                    ".",
                    "*",
                    "$",
                    "0x1F",
                    "1e400",
                    "0o7",
                    "-.inf",
                    "2020-13-99",
                    "99:99:99",
                    "name",
                    "type",
                    "sql",
                    "kafka",
                    "null",
                    "\u0000",
                    "\u0085",
                    "\u2028",
                    "\uFEFF",
                    "🎉",
                    "\uD83C",
                    "---\n",
                    "...\n",
                    "%YAML 1.1\n",
                    "\r",
                    "\r\n");

    /** As the YAML reader has it: a lone carriage return at the very end begins no line. */
    private static final Pattern LINE_BREAK =
            Pattern.compile("\r\n|\r(?!\\z)|[\n\u0085\u2028\u2029]");

    /** A change of a file: at a place, so much is taken out, and something is put in. */
    private record Edit(int place, int length, String piece) {

        String apply(String text) {
            int begin = text.isEmpty() ? 0 : place % (text.length() + 1);
            int end = Math.min(text.length(), begin + length);
            return text.substring(0, begin) + piece + text.substring(end);
        }
    }

    @Test
    void theProjectThatIsChangedIsGoodToBeginWith() throws InvalidProjectException {
        assertThat(project(GOOD).load().sources()).hasSize(2);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void aDamagedProjectIsReadOrItsMistakesAreTold(
            @ForAll("paths") String path, @ForAll("edits") List<Edit> edits) {
        String text = GOOD.getOrDefault(path, "");
        for (Edit edit : edits) {
            text = edit.apply(text);
        }

        checkThatMistakesLieWithin(path, text);
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void arbitraryYamlIsReadOrItsMistakesAreTold(
            @ForAll("paths") String path, @ForAll("values") String value) {
        checkThatMistakesLieWithin(path, value);
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void arbitraryTextIsReadOrItsMistakesAreTold(
            @ForAll("paths") String path, @ForAll("soup") String text) {
        checkThatMistakesLieWithin(path, text);
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void arbitraryValuesOfKnownKeysAreReadOrTold(
            @ForAll("paths") String path,
            @ForAll("keys") List<String> keys,
            @ForAll("values") String value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < keys.size(); i++) {
            text.append("  ".repeat(i)).append(keys.get(i)).append(":\n");
        }
        text.append("  ".repeat(keys.size())).append(value).append('\n');
        checkThatMistakesLieWithin(path, text.toString());
    }

    private static void checkThatMistakesLieWithin(String path, String text) {
        WrittenProject project = project(GOOD).with(path, text);
        ProjectFiles files = project.files();
        List<Problem> told = new ArrayList<>();
        try {
            told.addAll(project.load().warnings());
        } catch (InvalidProjectException e) {
            assertThat(e.problems()).extracting(Problem::position).isNotEmpty().isSorted();
            told.addAll(e.problems());
        }
        for (Problem problem : told) {
            assertThat(problem.message()).isNotBlank();
            Position at = problem.position();
            if (!files.contains(at.file())) {
                assertThat(problem.message()).startsWith("the project has no source");
                continue;
            }
            String[] lines = LINE_BREAK.split(files.text(at.file()), -1);
            assertThat(at.line()).as(problem.toString()).isBetween(1, lines.length);
            String line = lines[at.line() - 1];
            assertThat(at.column())
                    .as(problem.toString())
                    .isBetween(1, line.codePointCount(0, line.length()) + 1);
        }
    }

    private static WrittenProject project(Map<String, String> texts) {
        WrittenProject project = new WrittenProject().in(Map.of("KEY", "k"));
        texts.forEach(project::with);
        return project;
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of(PATHS);
    }

    @Provide
    Arbitrary<List<Edit>> edits() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 4_000),
                        Arbitraries.integers().between(0, 25),
                        Arbitraries.oneOf(
                                Arbitraries.of(PIECES), Arbitraries.strings().ofMaxLength(4)))
                .as(Edit::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<String> soup() {
        return Arbitraries.of(PIECES).list().ofMaxSize(30).map(pieces -> String.join("", pieces));
    }

    @Provide
    Arbitrary<List<String>> keys() {
        return Arbitraries.of(
                        "sources",
                        "- name",
                        "pii",
                        "streams",
                        "schema_contract",
                        "cubes",
                        "views",
                        "dimensions",
                        "measures",
                        "joins",
                        "case",
                        "models",
                        "vars",
                        "seeds",
                        "config",
                        "columns",
                        "shop",
                        "outputs",
                        "+tags",
                        "<<",
                        "access_policy")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    /** Flow style, so that values nest without indentation. */
    @Provide
    Arbitrary<String> values() {
        Arbitrary<String> scalars =
                Arbitraries.of(
                        "a",
                        "name",
                        "web",
                        "1",
                        "1.5",
                        "~",
                        "true",
                        "2020-01-01",
                        "\"\"",
                        "\"*\"",
                        "'{b}'",
                        "!!int abc",
                        "!!str 1",
                        "!x y",
                        "0b2",
                        "<<",
                        "=",
                        "${KEY}",
                        "\"${NO}\"",
                        "'$$ {x'",
                        "segment",
                        "kafka",
                        "a.b",
                        "-1 day",
                        "9999999999999999999999");
        Arbitrary<String> keys =
                Arbitraries.of(
                        "name",
                        "type",
                        "sources",
                        "streams",
                        "topic",
                        "pii",
                        "write_key",
                        "cubes",
                        "views",
                        "sql",
                        "sql_table",
                        "dimensions",
                        "measures",
                        "joins",
                        "case",
                        "when",
                        "includes",
                        "join_path",
                        "models",
                        "vars",
                        "config",
                        "columns",
                        "tables",
                        "tests",
                        "shop",
                        "target",
                        "outputs",
                        "schema",
                        "<<",
                        "[a]",
                        "1",
                        "~",
                        "meta",
                        "+tags",
                        "model-paths",
                        "profile");
        return Arbitraries.recursive(
                () -> scalars,
                inner ->
                        Arbitraries.oneOf(
                                inner,
                                inner.list()
                                        .ofMaxSize(3)
                                        .map(items -> "[" + String.join(", ", items) + "]"),
                                Combinators.combine(keys, inner)
                                        .as((key, value) -> key + ": " + value)
                                        .list()
                                        .ofMaxSize(4)
                                        .map(entries -> "{" + String.join(", ", entries) + "}")),
                1,
                4);
    }
}
