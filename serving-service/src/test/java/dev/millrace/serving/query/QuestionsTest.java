package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.serving.access.Visit;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.serving.semantic.Viewer;
import dev.millrace.test.SettableClock;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

class QuestionsTest {

    private static final String COUNT = "{\"measures\":[\"orders.count\"]}";
    private static final String LAST_HOUR =
            """
            {"measures":["orders.count"],"timeDimensions":[
              {"dimension":"orders.placed_at","dateRange":"from 1 hour ago to now"}]}
            """;
    private static final String LAST_SECONDS =
            """
            {"measures":["orders.count"],"timeDimensions":[
              {"dimension":"orders.placed_at","dateRange":"last 10 second"}]}
            """;
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00.400Z");

    private final SettableClock clock = SettableClock.at(NOW);
    private final Questions questions = new Questions(JsonMapper.shared(), clock);
    private final List<Visit.Members> told = new ArrayList<>();
    private final ServedModel.Revision revision = Shop.revision();

    private Question ask(String query) {
        return ask(query, Viewer.of(Set.of(), Map.of("tenant", "a")));
    }

    private Question ask(String query, Viewer viewer) {
        return questions.of(revision, viewer, query, told::add);
    }

    @Test
    void theSameQuestionOfTheSameViewerIsReadOnce() {
        Question first = ask(COUNT);

        clock.set(NOW.plusSeconds(60));

        assertThat(ask(COUNT)).isSameAs(first);
    }

    @Test
    void viewersWhoMayNotSeeTheSameShareNoQuestion() {
        Question first = ask(COUNT);

        assertThat(ask(COUNT, Viewer.of(Set.of(), Map.of("tenant", "b")))).isNotSameAs(first);
        assertThat(ask(COUNT, Viewer.of(Set.of("staff"), Map.of("tenant", "a"))))
                .isNotSameAs(first);
        assertThat(ask(COUNT, Viewer.PLATFORM)).isNotSameAs(first);
    }

    @Test
    void anotherRevisionReadsItAnew() {
        Question first = ask(COUNT);

        Question second =
                questions.of(
                        Shop.revision(),
                        Viewer.of(Set.of(), Map.of("tenant", "a")),
                        COUNT,
                        told::add);

        assertThat(second).isNotSameAs(first);
    }

    @Test
    void wordsThatMeanAnotherTimeInTheNextSecondAreReadAgainThen() {
        Question first = ask(LAST_SECONDS);

        clock.set(Instant.parse("2026-11-28T12:00:00.999Z"));
        assertThat(ask(LAST_SECONDS)).isSameAs(first);
        clock.set(Instant.parse("2026-11-28T12:00:01Z"));
        assertThat(ask(LAST_SECONDS).statements()).isNotEqualTo(first.statements());
    }

    @Test
    void aQuestionIsReadAgainWhenTheClockIsSetBack() {
        clock.set(NOW.plusSeconds(7_200));
        Question first = ask(LAST_HOUR);

        clock.set(NOW);

        assertThat(ask(LAST_HOUR).statements()).isNotEqualTo(first.statements());
    }

    @Test
    void whatIsAskedForIsToldEachTimeAndEvenIfItIsRefused() {
        ask(COUNT);
        ask(COUNT);
        assertThatThrownBy(() -> ask("{\"measures\":[\"orders.nothing\"]}"))
                .isInstanceOf(QueryException.class);

        assertThat(told)
                .extracting(Visit.Members::measures)
                .containsSubsequence(
                        List.of("orders.count"),
                        List.of("orders.count"),
                        List.of("orders.nothing"));
    }

    @Test
    void whatCannotBeReadIsRefusedEachTime() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> ask("{")).isInstanceOf(QueryException.class);
        }
    }
}
