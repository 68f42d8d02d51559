package dev.millrace.transform.materialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Globals;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Syntax;
import dev.millrace.transform.jinja.Template;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.yaml.snakeyaml.Yaml;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The seeds of public projects, against the tables that dbt 1.8.9 made of them: columns, types and
 * the rows' hash. Neither is kept here: name the folder of the projects in MILLRACE_DBT_PROJECTS.
 */
class SeedCorpusTest {

    private static final Path PROJECTS =
            Path.of(System.getenv().getOrDefault("MILLRACE_DBT_PROJECTS", "absent"));
    private static final Path EXPECTED =
            Path.of(System.getProperty("millrace.corpora", "../../shared/corpora"), "dbt-expected");

    /** The folders of the projects by those of what is expected of them. */
    private static final Map<String, String> FOLDERS =
            new TreeMap<>(
                    Map.of(
                            "dbt-utils", "dbt-utils/integration_tests",
                            "fivetran_stripe", "dbt_stripe/integration_tests",
                            "jaffle-shop", "jaffle-shop",
                            "jaffle_shop_classic", "jaffle_shop_classic"));

    private static final Globals TARGET =
            Globals.of(
                    Map.of(
                            "target",
                            new dev.millrace.transform.jinja.DictValue(
                                    Map.of("type", "postgres"))));

    @AutoClose private final BuildStage stage = new BuildStage();

    @TestFactory
    Stream<DynamicTest> seedsBecomeTheTablesThatDbtMakes() {
        assumeThat(PROJECTS).as("the folder of the projects").isDirectory();
        assumeThat(EXPECTED).as("what dbt made of them").isDirectory();
        return FOLDERS.keySet().stream().flatMap(this::seeds);
    }

    private Stream<DynamicTest> seeds(String project) {
        Path folder = PROJECTS.resolve(FOLDERS.get(project));
        JsonNode relations = json(EXPECTED.resolve(project).resolve("relations.json"));
        JsonNode nodes = json(EXPECTED.resolve(project).resolve("manifest_slim.json")).get("nodes");
        Map<String, Path> files = files(folder);
        return relations
                .propertyStream()
                .filter(relation -> relation.getKey().startsWith("seed."))
                .map(
                        relation ->
                                DynamicTest.dynamicTest(
                                        project + " " + relation.getKey(),
                                        () ->
                                                check(
                                                        folder,
                                                        nodes.get(relation.getKey()),
                                                        files,
                                                        relation.getValue())));
    }

    private void check(Path folder, JsonNode node, Map<String, Path> files, JsonNode expected)
            throws Exception {
        Path file = files.get(node.get("name").asString());
        assumeThat(file).as("the seed's file").isNotNull();
        Map<String, Object> settings = settings(folder, node);
        Map<String, String> types = new HashMap<>();
        if (settings.get("column_types") instanceof Map<?, ?> given) {
            given.forEach((column, type) -> types.put(column.toString(), rendered(type)));
        }
        boolean quoted = !rendered(settings.getOrDefault("quote_columns", "")).equals("False");

        SeedTable seed =
                SeedTable.parse(Files.readString(file), new SeedTable.Format(',', types, quoted));
        RelationName name = new RelationName("analytics", node.get("name").asString());
        try (Session session = stage.session()) {
            new Materializer(Duration.ofSeconds(2))
                    .seed(
                            session,
                            new Build(
                                    name,
                                    Build.Kind.TABLE,
                                    "",
                                    BuildStage::statement,
                                    Build.Options.NONE,
                                    List.of(),
                                    List.of(),
                                    Set.of()),
                            seed);
        }

        assertThat(columns(name)).isEqualTo(expected.get("columns").asString());
        assertThat(stage.query("select count(*) from " + name.quoted()))
                .containsExactly(expected.get("rows").asString());
        assertThat(
                        stage.query(
                                "select md5(coalesce(string_agg(h, '' order by h), ''))"
                                        + " from (select md5(t::text) h from "
                                        + name.quoted()
                                        + " t) x"))
                .containsExactly(expected.get("md5").asString());
    }

    private String columns(RelationName name) throws Exception {
        return stage.query(
                        "select string_agg(attname || ' ' || atttypid::regtype, ', '"
                                + " order by attnum) from pg_attribute where attnum > 0 and"
                                + " attrelid = '"
                                + name.quoted()
                                + "'::regclass")
                .getFirst();
    }

    /** Of the deepest entry of dbt_project.yml, as dbt merges them. */
    private static Map<String, Object> settings(Path folder, JsonNode node) throws IOException {
        Map<String, Object> settings = new HashMap<>();
        @Nullable Object level =
                new Yaml()
                        .<Map<String, Object>>load(
                                Files.readString(folder.resolve("dbt_project.yml")))
                        .get("seeds");
        take(settings, level);
        for (JsonNode part : node.get("fqn")) {
            level = level instanceof Map<?, ?> map ? map.get(part.asString()) : null;
            take(settings, level);
        }
        return settings;
    }

    private static void take(Map<String, Object> settings, @Nullable Object level) {
        if (level instanceof Map<?, ?> map) {
            map.forEach(
                    (key, value) -> {
                        if (key.toString().startsWith("+")) {
                            settings.merge(
                                    key.toString().substring(1), value, SeedCorpusTest::merged);
                        }
                    });
        }
    }

    private static Object merged(Object earlier, Object later) {
        if (earlier instanceof Map<?, ?> a && later instanceof Map<?, ?> b) {
            Map<Object, Object> both = new HashMap<>(a);
            both.putAll(b);
            return both;
        }
        return later;
    }

    private static String rendered(Object value) {
        String text = value instanceof Boolean flag ? (flag ? "True" : "False") : value.toString();
        return new Rendering(TARGET)
                .render(Template.parse("dbt_project.yml", text, Syntax.JINJA))
                .text();
    }

    private static Map<String, Path> files(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            Map<String, Path> files = new HashMap<>();
            paths.filter(path -> path.toString().endsWith(".csv"))
                    .forEach(
                            path ->
                                    files.put(
                                            path.getFileName().toString().replace(".csv", ""),
                                            path));
            return files;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static JsonNode json(Path path) {
        return JsonMapper.builder().build().readTree(path.toFile());
    }
}
