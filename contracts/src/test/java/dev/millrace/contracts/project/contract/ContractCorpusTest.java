package dev.millrace.contracts.project.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** The standard's own examples, and what its schema says of them when they are changed. */
class ContractCorpusTest {

    private static final int CHANGES_OF_A_FILE = 60;

    private final JsonMapper json = JsonMapper.builder().build();

    @Test
    void everyExampleOfTheStandardReadsWithoutAMistake() throws IOException {
        for (Path example : examples()) {
            assertThat(mistakes(Files.readAllBytes(example))).as(example.toString()).isEmpty();
        }
    }

    @Test
    void whatTheSchemaOfTheStandardRejectsIsRejected() throws IOException {
        List<Path> examples = examples();
        Schema schema = schema();
        Random random = new Random(7);
        int rejected = 0;
        for (Path example : examples) {
            JsonNode document = plain(Files.readAllBytes(example));
            assertThat(schema.validate(document)).as(example.toString()).isEmpty();
            List<JsonNode> places = new ArrayList<>();
            collect(document, places);
            for (int i = 0; i < CHANGES_OF_A_FILE; i++) {
                JsonNode changed = document.deepCopy();
                List<JsonNode> copies = new ArrayList<>();
                collect(changed, copies);
                String change = change(copies.get(random.nextInt(copies.size())), random);
                boolean bad = !schema.validate(changed).isEmpty();
                List<String> ours = mistakes(changed.toString().getBytes(StandardCharsets.UTF_8));
                if (bad) {
                    rejected++;
                    assertThat(ours).as("%s: %s", example, change).isNotEmpty();
                } else {
                    assertThat(ours)
                            .as("%s: %s", example, change)
                            .allMatch(ContractCorpusTest::isStricterOnPurpose);
                }
            }
        }
        assertThat(rejected).isGreaterThan(300);
    }

    /** Where Millrace asks more than the schema of the standard. */
    private static boolean isStricterOnPurpose(String mistake) {
        return Stream.of(
                        "names are unique",
                        "unknown key",
                        "contracts of ODCS 2 are not read",
                        "does not make a",
                        "is no pattern of dates",
                        "equally many")
                .anyMatch(mistake::contains);
    }

    private static void collect(JsonNode node, List<JsonNode> places) {
        if (node.isContainer()) {
            places.add(node);
            node.forEach(child -> collect(child, places));
        }
    }

    private String change(JsonNode place, Random random) {
        if (place instanceof ObjectNode object) {
            List<String> names = List.copyOf(object.propertyNames());
            if (names.isEmpty() || random.nextInt(5) == 0) {
                object.put("colour", "red");
                return "an unknown key";
            }
            String name = names.get(random.nextInt(names.size()));
            if (random.nextInt(3) == 0) {
                object.remove(name);
                return "without " + name;
            }
            JsonNode other = other(random);
            object.set(name, other);
            return name + " is " + other;
        }
        JsonNode other = other(random);
        ((ArrayNode) place).add(other);
        return "a list with " + other;
    }

    private JsonNode other(Random random) {
        return switch (random.nextInt(7)) {
            case 0 -> json.getNodeFactory().nullNode();
            case 1 -> json.getNodeFactory().numberNode(12);
            case 2 -> json.getNodeFactory().numberNode(-1.5);
            case 3 -> json.getNodeFactory().booleanNode(true);
            case 4 -> json.createArrayNode();
            case 5 -> json.createObjectNode();
            default -> json.getNodeFactory().stringNode("other words");
        };
    }

    private static Schema schema() throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2019_09)
                .getSchema(Files.readString(corpus().resolve("odcs-json-schema-v3.1.0.json")));
    }

    private static Path corpus() {
        return Path.of(System.getProperty("millrace.corpora", "../../shared/corpora"), "lineage");
    }

    private static List<Path> examples() throws IOException {
        Path folder = corpus().resolve("odcs-examples");
        assumeThat(folder).as("corpora/lineage is absent").isDirectory();
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    private JsonNode plain(byte[] yaml) {
        Problems problems = new Problems();
        @Nullable Object plain =
                YamlValue.parse("a.yaml", yaml, YamlValue.verbatim(), problems)
                        .orElseThrow()
                        .plain();
        return json.valueToTree(plain);
    }

    private static List<String> mistakes(byte[] yaml) {
        Problems problems = new Problems();
        ContractFiles.read(
                ProjectFiles.of(Map.of("contracts/a.yaml", yaml)),
                Environment.of(Map.of()),
                problems);
        return problems.list().stream().map(Problem::toString).toList();
    }
}
