package dev.millrace.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.project.source.KafkaSource;
import dev.millrace.contracts.project.source.PiiRule;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.contracts.project.source.Source;
import dev.millrace.standalone.demo.shop.Door;
import dev.millrace.standalone.demo.shop.History;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class ShopProjectTest {

    private static final Pattern SOURCE = Pattern.compile("source\\('(\\w+)', '(\\w+)'\\)");
    private static final Pattern REF = Pattern.compile("ref\\('(\\w+)'\\)");

    private static Project shop;

    @BeforeAll
    static void load() throws Exception {
        shop =
                new ProjectLoader(
                                Environment.of(Map.of("WEB_WRITE_KEY", "w", "MAIL_WRITE_KEY", "m")),
                                EnumSet.allOf(ProjectLoader.Kind.class))
                        .load(ProjectFiles.read(Path.of("../examples/shop")));
    }

    @Test
    void everyDoorOfTheShopIsASource() {
        assertThat(shop.sources())
                .extracting(Source::name)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Door.values()).map(Door::source).toList());
    }

    @Test
    void theTrucksWriteToTheTopicThatIsRead() {
        KafkaSource fleet = (KafkaSource) shop.source("fleet").orElseThrow();
        assertThat(fleet.streams())
                .singleElement()
                .satisfies(
                        stream -> {
                            assertThat(stream.topic()).isEqualTo(KafkaCarrier.TOPIC);
                            assertThat(stream.id()).isEqualTo(List.of("id"));
                            assertThat(stream.eventTime()).isEqualTo(List.of("event_time"));
                        });
    }

    @Test
    void noDoorLetsAnAddressThrough() {
        for (String name : List.of("web", "mail")) {
            SegmentSource source = (SegmentSource) shop.source(name).orElseThrow();
            assertThat(source.pii())
                    .contains(
                            new PiiRule(List.of("properties", "email"), PiiRule.Action.HASH),
                            new PiiRule(List.of("context", "ip"), PiiRule.Action.DROP));
        }
    }

    @Test
    void everyModelReadsWhatIsThere() {
        Set<String> models = new HashSet<>();
        shop.files()
                .below("models", "sql")
                .forEach(path -> models.add(path.replaceAll(".*/|\\.sql$", "")));
        Set<String> tables = new HashSet<>(History.of(1).rows().keySet());
        tables.add("web.tracks");

        for (String path : shop.files().below("models", "sql")) {
            String sql = shop.files().text(path);
            Matcher source = SOURCE.matcher(sql);
            while (source.find()) {
                assertThat(tables).contains(source.group(1) + "." + source.group(2));
            }
            Matcher ref = REF.matcher(sql);
            while (ref.find()) {
                assertThat(models).contains(ref.group(1));
            }
        }
        assertThat(models).hasSize(15);
    }

    @Test
    void everyModelIsDescribed() {
        String descriptions =
                shop.files().text("models/staging/staging.yml")
                        + shop.files().text("models/marts/marts.yml");
        for (String path : shop.files().below("models", "sql")) {
            String model = path.replaceAll(".*/|\\.sql$", "");
            assertThat(descriptions).contains("- name: " + model + "\n    description: ");
        }
    }
}
