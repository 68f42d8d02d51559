package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.landing.ChangeStage.Written;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Histories of a table, with values that are not sent, deletes, keys that change and truncates;
 * delivered in any order, some of it twice, in batches of any size: the end is always the same.
 */
class ChangePropertyTest {

    private static final int KEYS = 4;
    private static final int CHANGES = 40;
    private static final String UNSENT = "__debezium_unavailable_value";

    private static final String HARD =
            "SELECT concat_ws('|', id, coalesce(a, '-'), b) FROM $S.row ORDER BY id";
    private static final String SOFT =
            """
            SELECT concat_ws('|', id, coalesce(a, '-'), b, coalesce((
              extract(epoch FROM _mr_deleted_at)::bigint - 1700000000)::text, '-'))
            FROM $S.row WHERE b IS NOT NULL ORDER BY id\
            """;
    private static final String HISTORY =
            """
            SELECT concat_ws('|', id, coalesce(a, '-'), b,
              extract(epoch FROM _mr_valid_from)::bigint - 1700000000, coalesce((
              extract(epoch FROM _mr_valid_to)::bigint - 1700000000)::text, '-'))
            FROM $S.row ORDER BY id, _mr_valid_from\
            """;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whateverTheDeliveryTheTableIsWhatTheSourceHas(int seed) {
        Random chance = new Random(seed);
        ChangeModel model = new ChangeModel();
        List<Written> delivered = delivery(history(chance, model), chance);

        check("hard", HARD, delivered, new Random(seed), model.hard());
        check("soft", SOFT, delivered, new Random(seed), model.soft());
        check("history", HISTORY, delivered, new Random(seed), model.history());
    }

    /** A topic without keys spreads the changes of one row over partitions that land at once. */
    @ParameterizedTest
    @ValueSource(strings = {"hard", "soft"})
    void changesThatLandBesideEachOtherEndTheSame(String deletes) {
        for (int seed = 1; seed <= 3; seed++) {
            Random chance = new Random(seed);
            ChangeModel model = new ChangeModel();
            List<Written> delivered = delivery(history(chance, model), chance);
            boolean isHard = deletes.equals("hard");
            try (ChangeStage stage = new ChangeStage("format: debezium, deletes: " + deletes)) {
                stage.landBesideEachOther(delivered, chance);
                // These landers read what other tests' doors refused, too.
                assertThat(
                                stage.rows(
                                        "SELECT detail FROM transform.quarantine WHERE source ="
                                                + " '$S'"))
                        .isEmpty();
                assertThat(stage.rows(isHard ? HARD : SOFT))
                        .as("%s, seed %d", deletes, seed)
                        .isEqualTo(isHard ? model.hard() : model.soft());
            }
        }
    }

    private static void check(
            String deletes,
            String query,
            List<Written> delivered,
            Random chance,
            List<String> expected) {
        try (ChangeStage stage = new ChangeStage("format: debezium, deletes: " + deletes)) {
            for (int from = 0; from < delivered.size(); ) {
                int to = Math.min(delivered.size(), from + 1 + chance.nextInt(12));
                stage.land(delivered.subList(from, to));
                from = to;
            }
            assertThat(stage.quarantined()).isEmpty();
            assertThat(stage.stage.count("row") == 0 ? List.of() : stage.rows(query))
                    .as(deletes)
                    .isEqualTo(expected);
        }
    }

    private static List<Written> history(Random chance, ChangeModel model) {
        List<Written> written = new ArrayList<>();
        for (long at = 1; at <= CHANGES; at++) {
            int id = chance.nextInt(KEYS);
            int b = (int) at;
            if (chance.nextInt(25) == 0) {
                model.truncate(at);
                written.add(ChangeStage.truncate(at));
            } else if (!model.has(id)) {
                String a = chance.nextInt(4) == 0 ? null : "a" + at;
                model.set(id, a, false, b, at);
                written.add(change("c", id, at, a, b));
            } else {
                changeRow(chance, model, written, id, at);
            }
        }
        return written;
    }

    private static void changeRow(
            Random chance, ChangeModel model, List<Written> written, int id, long at) {
        int b = (int) at;
        switch (chance.nextInt(5)) {
            case 0 -> {
                model.delete(id, at);
                written.add(ChangeStage.change("d", id, at, null));
                written.add(ChangeStage.record("{\"id\":%d}".formatted(id), null));
            }
            case 1 -> {
                // The key changes, as Debezium tells it: another one goes, this one comes.
                int other = (id + 1) % KEYS;
                if (!model.has(other)) {
                    model.delete(id, at);
                    model.set(other, "moved", false, b, at);
                    written.add(ChangeStage.change("d", id, at, null));
                    written.add(change("c", other, at, "moved", b));
                }
            }
            case 2, 3 -> {
                model.set(id, null, true, b, at);
                written.add(change("u", id, at, UNSENT, b));
            }
            default -> {
                model.set(id, "a" + at, false, b, at);
                written.add(change("u", id, at, "a" + at, b));
            }
        }
    }

    private static Written change(String op, int id, long at, @Nullable String a, int b) {
        return ChangeStage.change(
                op,
                id,
                at,
                "{\"id\":%d,\"a\":%s,\"b\":%d}"
                        .formatted(id, a == null ? "null" : "\"" + a + "\"", b));
    }

    private static List<Written> delivery(List<Written> history, Random chance) {
        List<Written> delivered = new ArrayList<>(history);
        for (Written record : history) {
            if (chance.nextInt(4) == 0) {
                delivered.add(record);
            }
        }
        if (chance.nextInt(4) > 0) {
            Collections.shuffle(delivered, chance);
        }
        return delivered;
    }
}
