package dev.millrace.transform.model.select;

import dev.millrace.contracts.project.NearestName;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** By what a criterion finds nodes. */
enum Method {
    FQN,
    TAG,
    GROUP,
    ACCESS,
    SOURCE,
    PATH,
    FILE,
    PACKAGE,
    CONFIG,
    TEST_NAME,
    TEST_TYPE,
    RESOURCE_TYPE,
    STATE,
    EXPOSURE,
    METRIC,
    RESULT,
    SOURCE_STATUS,
    VERSION,
    SEMANTIC_MODEL,
    SAVED_QUERY,
    UNIT_TEST;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The method of a word.
     *
     * @param where where the word stands
     */
    static Method named(String word, String where) throws InvalidSelectionException {
        for (Method method : values()) {
            if (method.word().equals(word)) {
                return method;
            }
        }
        List<String> words = Arrays.stream(values()).map(Method::word).toList();
        throw new InvalidSelectionException(
                where,
                "there is no method '"
                        + word
                        + "'"
                        + NearestName.of(word, words)
                                .map(near -> "; did you mean '" + near + "'?")
                                .orElse("; there are: " + String.join(", ", words)));
    }
}
