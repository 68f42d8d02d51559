package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.topic.Topic;
import dev.millrace.contracts.topic.Topics;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** docs/reference/kafka.md says what the code and the script do. */
class KafkaReferenceTest {

    @TempDir private Path directory;

    @Test
    void theTableOfTopicsIsTheCatalogue() throws IOException, IllegalAccessException {
        List<Topic> topics = new ArrayList<>();
        topics.add(Topics.raw("<source>"));
        for (var field : Topics.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && field.get(null) instanceof Topic topic) {
                topics.add(topic);
            }
        }

        assertThat(rows("Topics").map(row -> row.subList(0, 6)))
                .containsExactlyInAnyOrderElementsOf(
                        topics.stream().map(KafkaReferenceTest::row).toList());
    }

    private static List<String> row(Topic topic) {
        return List.of(
                topic.name(),
                topic.key(),
                Integer.toString(topic.partitions()),
                topic.cleanup().name().toLowerCase(Locale.ROOT),
                topic.cleanup() == Topic.Cleanup.COMPACT
                        ? "the latest of each key"
                        : topic.retention().toDays() + " days",
                topic.owner().name().toLowerCase(Locale.ROOT));
    }

    @Test
    void theTableOfRightsIsWhatTheScriptSets() throws IOException, InterruptedException {
        assertThat(rows("Rights").flatMap(KafkaReferenceTest::rights).collect(Collectors.toSet()))
                .isEqualTo(rightsOfScript());
    }

    /** One line a right: user, resource, operation. */
    private static Stream<String> rights(List<String> row) {
        return Arrays.stream(row.get(2).split(", ", -1))
                .map(operation -> row.get(0) + " | " + row.get(1) + " | " + operation);
    }

    private Set<String> rightsOfScript() throws IOException, InterruptedException {
        Path calls = directory.resolve("calls");
        for (String program : List.of("kafka-acls.sh", "kafka-configs.sh")) {
            Path file = directory.resolve(program);
            Files.writeString(file, "#!/bin/sh\necho \"%s $*\" >>'%s'\n".formatted(program, calls));
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        Map<String, String> environment = new HashMap<>();
        environment.put("KAFKA_BIN", directory.toString());
        environment.put("KAFKA_DECLARED_TOPICS", "declared");
        for (String user : List.of("ADMIN", "INGESTION", "TRANSFORM", "SERVING", "PRODUCER")) {
            environment.put("KAFKA_" + user + "_PASSWORD", "x");
        }
        Shell.run(environment, "bash", Repository.file("compose/kafka-setup").toString());

        Set<String> rights = new TreeSet<>();
        for (String line : Files.readAllLines(calls)) {
            if (line.startsWith("kafka-acls.sh")) {
                rights.addAll(rightsOfCall(List.of(line.split(" ", -1))));
            }
        }
        return rights;
    }

    private static List<String> rightsOfCall(List<String> words) {
        boolean prefixed = words.contains("prefixed");
        List<String> resources = new ArrayList<>();
        List<String> operations = new ArrayList<>();
        String user = "";
        for (int i = 0; i < words.size() - 1; i++) {
            String value = words.get(i + 1);
            switch (words.get(i)) {
                case "--allow-principal" -> user = value.substring("User:".length());
                case "--operation" -> operations.add(value);
                case "--topic" ->
                        resources.add(
                                prefixed
                                        ? "topics beginning with " + value
                                        : value.equals("declared")
                                                ? "declared topics"
                                                : "topic " + value);
                case "--group" -> resources.add("groups beginning with " + value);
                default -> {
                    // other words name the server and the pattern
                }
            }
        }
        List<String> rights = new ArrayList<>();
        for (String resource : resources) {
            for (String operation : operations) {
                rights.add(user + " | " + resource + " | " + operation);
            }
        }
        return rights;
    }

    /** The rows of the table in a section, without its head and without code marks. */
    private static Stream<List<String>> rows(String section) throws IOException {
        return Files.readAllLines(Repository.file("docs/reference/kafka.md")).stream()
                .dropWhile(line -> !line.equals("## " + section))
                .dropWhile(line -> !line.startsWith("|---"))
                .skip(1)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.replace("`", "").split("\\|", -1))
                .map(cells -> Arrays.stream(cells).skip(1).map(String::strip).toList());
    }
}
