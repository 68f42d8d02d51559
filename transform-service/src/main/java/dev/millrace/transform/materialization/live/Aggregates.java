package dev.millrace.transform.materialization.live;

import dev.millrace.transform.materialization.live.Words.Word;

import java.util.List;
import java.util.Set;

/** Which functions make one value of many rows. */
final class Aggregates {

    /** Whose partial results can be merged. */
    static final Set<String> MERGEABLE = Set.of("count", "sum", "avg", "min", "max");

    private static final Set<String> OTHERS =
            Set.of(
                    "any_value",
                    "array_agg",
                    "bit_and",
                    "bit_or",
                    "bit_xor",
                    "bool_and",
                    "bool_or",
                    "every",
                    "json_agg",
                    "json_agg_strict",
                    "json_arrayagg",
                    "json_object_agg",
                    "json_object_agg_strict",
                    "json_object_agg_unique",
                    "json_object_agg_unique_strict",
                    "json_objectagg",
                    "jsonb_agg",
                    "jsonb_agg_strict",
                    "jsonb_object_agg",
                    "jsonb_object_agg_strict",
                    "jsonb_object_agg_unique",
                    "jsonb_object_agg_unique_strict",
                    "range_agg",
                    "range_intersect_agg",
                    "string_agg",
                    "xmlagg",
                    "corr",
                    "covar_pop",
                    "covar_samp",
                    "regr_avgx",
                    "regr_avgy",
                    "regr_count",
                    "regr_intercept",
                    "regr_r2",
                    "regr_slope",
                    "regr_sxx",
                    "regr_sxy",
                    "regr_syy",
                    "stddev",
                    "stddev_pop",
                    "stddev_samp",
                    "variance",
                    "var_pop",
                    "var_samp",
                    "mode",
                    "percentile_cont",
                    "percentile_disc");

    private Aggregates() {}

    static boolean isAggregate(String name) {
        return MERGEABLE.contains(name) || OTHERS.contains(name);
    }

    /** Whether a text has an aggregate that is not one over a window. */
    static boolean isIn(String text) {
        List<Word> words = Words.of(text);
        for (int i = 0; i + 1 < words.size(); i++) {
            boolean isCall = words.get(i + 1).isSign("(");
            Word word = words.get(i);
            if (isCall && word.kind() == Words.Kind.NAME) {
                if (word.text().equals("filter") && !isOverAfter(words, i + 1)) {
                    return true;
                }
                if (isAggregate(word.text()) && !isOverAfter(words, i + 1)) {
                    return true;
                }
            }
            if (word.isKeyword("within") && words.get(i + 1).isKeyword("group")) {
                return true;
            }
        }
        return false;
    }

    /** Whether a text has a function over a window. */
    static int windows(String text) {
        List<Word> words = Words.of(text);
        int windows = 0;
        for (int i = 1; i + 1 < words.size(); i++) {
            if (words.get(i).isKeyword("over") && words.get(i - 1).isSign(")")) {
                windows++;
            }
        }
        return windows;
    }

    /** Whether {@code OVER} follows the parenthesis that opens here, perhaps after a FILTER. */
    private static boolean isOverAfter(List<Word> words, int open) {
        int i = closing(words, open) + 1;
        if (i + 1 < words.size() && words.get(i).isKeyword("filter")) {
            i = closing(words, i + 1) + 1;
        }
        return i < words.size() && words.get(i).isKeyword("over");
    }

    private static int closing(List<Word> words, int open) {
        int depth = 0;
        for (int i = open; i < words.size(); i++) {
            if (words.get(i).isSign("(")) {
                depth++;
            } else if (words.get(i).isSign(")") && --depth == 0) {
                return i;
            }
        }
        return words.size();
    }
}
