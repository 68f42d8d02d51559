package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.serving.query.export.ExportFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.HttpMediaTypeNotAcceptableException;

import java.util.List;

class ResultFormRequestTest {

    private static final String ARROW = "application/vnd.apache.arrow.stream";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    */*                                                         | json
                    application/json                                            | json
                    application/json;charset=utf-8                              | json
                    application/*                                               | json
                    application/*+json                                          | json
                    text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | json
                    application/json, text/plain, */*                           | json
                    text/csv                                                    | csv
                    TEXT/CSV; header=present                                    | csv
                    text/*                                                      | csv
                    text/csv, */*                                               | csv
                    */*, text/csv                                               | csv
                    text/csv;q=0.5, */*;q=0.1                                   | csv
                    text/csv;q=0.5, */*                                         | json
                    text/csv;q=0.1, application/json;q=0.2                      | json
                    text/csv, application/json                                  | csv
                    application/json, text/csv                                  | json
                    application/json;q=0, */*                                   | csv
                    application/json;q=0, text/csv;q=0, */*;q=0.1               | arrow
                    application/vnd.apache.arrow.stream                         | arrow
                    application/vnd.apache.parquet, text/csv;q=0.9              | parquet
                    application/vnd.apache.parquet;q=0.8, text/csv;q=0.9        | csv
                    text/html, application/vnd.apache.parquet                   | parquet
                    application/*;q=0.5, application/vnd.apache.parquet;q=0.6   | parquet
                    """)
    void whatIsWantedMostIsAnswered(String accept, String form) throws Exception {
        assertThat(
                        ResultFormRequest.accepted(List.of(accept))
                                .map(ExportFormat::wireName)
                                .orElse("json"))
                .isEqualTo(form);
    }

    @Test
    void severalHeadersAreOne() throws Exception {
        assertThat(ResultFormRequest.accepted(List.of("application/json;q=0.1", ARROW)))
                .hasValue(ExportFormat.ARROW);
    }

    @Test
    void withoutWishesItIsJson() throws Exception {
        assertThat(ResultFormRequest.accepted(List.of())).isEmpty();
        assertThat(ResultFormRequest.accepted(List.of(""))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "image/*",
                "application/json;q=0",
                "*/*;q=0",
                "application/vnd.apache.arrow.file",
                "nonsense",
                "text/csv;q=much",
                "/",
            })
    void whatCannotBeHadIsRefused(String accept) {
        assertThatThrownBy(() -> ResultFormRequest.accepted(List.of(accept)))
                .isInstanceOf(HttpMediaTypeNotAcceptableException.class);
    }
}
