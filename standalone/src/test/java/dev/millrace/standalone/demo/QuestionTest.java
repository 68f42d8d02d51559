package dev.millrace.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class QuestionTest {

    private static final Path SHOP = Path.of("../examples/shop");

    @Test
    void theShopAsksTheSixWorkedExamples() throws DemoFailedException {
        assertThat(Question.of(SHOP))
                .extracting(Question::name)
                .containsExactly(
                        "weekly_signups_by_city",
                        "orders_per_minute",
                        "monthly_spend_and_top_restaurants",
                        "purchases_by_category_price_and_hour",
                        "leads_with_visits_and_opens",
                        "customers_away_for_30_days");
    }

    @Test
    void everyMemberThatIsAskedForIsInACubeOfTheProject() throws Exception {
        for (Question question : Question.of(SHOP)) {
            for (String member : question.columns()) {
                String[] parts = member.split("\\.", -1);
                String cube = Files.readString(SHOP.resolve("model/cubes/" + parts[0] + ".yml"));
                assertThat(cube).contains("{name: " + parts[1] + ",");
            }
        }
    }

    @Test
    void columnsAreReadAsWhenWhatHowMuch() {
        Question question =
                question(
                        """
                        {"measures": ["o.n"], "dimensions": ["o.city"],
                         "timeDimensions": [{"dimension": "o.at", "granularity": "day"},
                                            {"dimension": "o.only_filtered", "dateRange": "today"}]}
                        """);

        assertThat(question.columns()).isEqualTo(List.of("o.at", "o.city", "o.n"));
    }

    @Test
    void theCurlSurvivesAQuoteInTheQuery() throws Exception {
        Question question = question("{\"filters\": [{\"values\": [\"it's\"]}]}");
        String argument =
                question.curl().substring(question.curl().indexOf("--data-urlencode ") + 17);

        Process shell =
                new ProcessBuilder("sh", "-c", "printf %s " + argument)
                        .redirectErrorStream(true)
                        .start();

        assertThat(
                        new String(
                                shell.getInputStream().readAllBytes(),
                                java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("query=" + question.query());
    }

    @Test
    void aProjectWithoutQuestionsIsToldSo(@TempDir Path empty) {
        assertThatThrownBy(() -> Question.of(empty))
                .isInstanceOf(DemoFailedException.class)
                .hasMessageContaining("questions.json");
    }

    @Test
    void brokenQuestionsAreToldWhereTheyAre(@TempDir Path project) throws IOException {
        Files.writeString(project.resolve("questions.json"), "[{]");

        assertThatThrownBy(() -> Question.of(project))
                .isInstanceOf(DemoFailedException.class)
                .hasMessageContaining(project.toString());
    }

    private static Question question(String query) {
        return new Question("q", "Q", JsonMapper.shared().readTree(query));
    }
}
