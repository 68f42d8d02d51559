package dev.millrace.operations.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.ErrorResponseException;

import java.util.List;

class PageLimitTest {

    @Test
    void oneMoreThanIsShownTellsThatThereIsAnotherPage() {
        PageLimit limit = PageLimit.of(2, 10);

        assertThat(limit.toFind()).isEqualTo(3);
        assertThat(limit.show(List.of("a", "b", "c"), last -> "after " + last))
                .isEqualTo(new PageLimit.Shown<>(List.of("a", "b"), "after b"));
    }

    @Test
    void theLastPageHasNoNext() {
        assertThat(PageLimit.of(2, 10).show(List.of("a", "b"), last -> "after " + last))
                .isEqualTo(new PageLimit.Shown<>(List.of("a", "b"), null));
        assertThat(PageLimit.of(2, 10).show(List.of(), last -> "after " + last).next()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 11, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void anotherLimitIsRefused(int limit) {
        assertThatThrownBy(() -> PageLimit.of(limit, 10))
                .isInstanceOfSatisfying(
                        ErrorResponseException.class,
                        e ->
                                assertThat(e.getBody().getDetail())
                                        .isEqualTo("'limit' is from 1 to 10."));
    }
}
