package dev.millrace.transform.materialization.live;

import dev.millrace.transform.materialization.live.Words.Word;

import java.util.List;
import java.util.Set;

/**
 * What gives another value each time that it is asked, though no row has changed. What is not known
 * by name here is looked up in the database's catalog when the model is registered.
 */
final class Fickle {

    private static final Set<String> TIMES =
            Set.of(
                    "now",
                    "transaction_timestamp",
                    "statement_timestamp",
                    "clock_timestamp",
                    "timeofday");

    private static final Set<String> TIME_WORDS =
            Set.of(
                    "current_timestamp",
                    "current_date",
                    "current_time",
                    "localtimestamp",
                    "localtime");

    private static final Set<String> SESSION_WORDS =
            Set.of(
                    "current_user",
                    "session_user",
                    "system_user",
                    "current_role",
                    "current_catalog",
                    "current_schema");

    private static final Set<String> FUNCTIONS =
            Set.of(
                    "random",
                    "random_normal",
                    "setseed",
                    "gen_random_uuid",
                    "uuidv4",
                    "uuidv7",
                    "uuid_generate_v4",
                    "nextval",
                    "currval",
                    "lastval",
                    "setval",
                    "current_setting",
                    "set_config",
                    "txid_current",
                    "current_query",
                    "query_to_xml",
                    "dblink");

    /** Aggregates whose result depends on the order of rows, unless that is told. */
    private static final Set<String> ORDERED =
            Set.of(
                    "array_agg",
                    "string_agg",
                    "json_agg",
                    "jsonb_agg",
                    "json_agg_strict",
                    "jsonb_agg_strict",
                    "xmlagg");

    private static final Set<String> MOMENTS =
            Set.of("'now'", "'today'", "'tomorrow'", "'yesterday'");

    private static final Set<String> MOMENT_TYPES =
            Set.of("date", "timestamp", "timestamptz", "time", "timetz");

    private Fickle() {}

    static void refuse(List<Word> words) throws RefusedException {
        for (int i = 0; i < words.size(); i++) {
            Word word = words.get(i);
            boolean isMember = i > 0 && words.get(i - 1).isSign(".") && !isOfCatalog(words, i);
            boolean isCall = i + 1 < words.size() && words.get(i + 1).isSign("(");
            if (word.kind() == Words.Kind.NAME && !isMember && !isAlias(words, i)) {
                refuseName(words, i, isCall);
            }
            if (word.kind() == Words.Kind.CONSTANT && isMoment(words, i)) {
                throw time(word);
            }
        }
    }

    private static boolean isOfCatalog(List<Word> words, int i) {
        return i > 1 && words.get(i - 2).text().equals("pg_catalog");
    }

    private static boolean isAlias(List<Word> words, int i) {
        return i > 0 && words.get(i - 1).isKeyword("as");
    }

    private static void refuseName(List<Word> words, int i, boolean isCall)
            throws RefusedException {
        Word word = words.get(i);
        String name = word.text();
        if (TIME_WORDS.contains(name) || (isCall && TIMES.contains(name))) {
            throw time(word);
        }
        if (isCall && name.equals("age") && arguments(words, i + 1) == 1) {
            throw time(word);
        }
        if (SESSION_WORDS.contains(name)) {
            throw new RefusedException(
                    "%s is not the same for everybody; leave it to who reads the model"
                            .formatted(name),
                    word.position());
        }
        if (isCall && (FUNCTIONS.contains(name) || name.startsWith("pg_"))) {
            throw new RefusedException(
                    "%s() gives another value each time, so the rows would depend on when they were computed; take it from a column, or make it a table"
                            .formatted(name),
                    word.position());
        }
        if (isCall && ORDERED.contains(name) && !hasOrder(words, i + 1)) {
            throw new RefusedException(
                    "%s() without ORDER BY gives another result for the same rows; write %s(… ORDER BY …)"
                            .formatted(name, name),
                    word.position());
        }
    }

    private static RefusedException time(Word word) {
        return new RefusedException(
                "%s changes though no row does, and a live model follows rows; compare with the time where the model is read, or make it a view"
                        .formatted(word.text()),
                word.position());
    }

    private static boolean isMoment(List<Word> words, int i) {
        if (!MOMENTS.contains(Words.fold(words.get(i).text()))) {
            return false;
        }
        boolean before = i > 0 && MOMENT_TYPES.contains(words.get(i - 1).text());
        boolean cast =
                i + 3 < words.size()
                        && words.get(i + 1).isSign(":")
                        && words.get(i + 2).isSign(":")
                        && MOMENT_TYPES.contains(words.get(i + 3).text());
        boolean as = i + 1 < words.size() && words.get(i + 1).isKeyword("as");
        return before || cast || as;
    }

    private static int arguments(List<Word> words, int open) {
        int depth = 0;
        int arguments = 1;
        for (int i = open; i < words.size(); i++) {
            Word word = words.get(i);
            if (word.isSign("(")) {
                depth++;
            } else if (word.isSign(")") && --depth == 0) {
                break;
            } else if (word.isSign(",") && depth == 1) {
                arguments++;
            }
        }
        return arguments;
    }

    private static boolean hasOrder(List<Word> words, int open) {
        int depth = 0;
        for (int i = open; i < words.size(); i++) {
            Word word = words.get(i);
            if (word.isSign("(")) {
                depth++;
            } else if (word.isSign(")") && --depth == 0) {
                break;
            } else if (word.isKeyword("order") && depth == 1) {
                return true;
            }
        }
        return false;
    }
}
