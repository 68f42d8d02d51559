package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

class ConnectedComponentsTest {

    @Property(tries = 100)
    void cubesHaveOneNumberIfAndOnlyIfJoinsLeadFromOneToTheOther(@ForAll long seed) {
        Random random = new Random(seed);
        int count = 1 + random.nextInt(8);
        Map<String, Set<String>> joins = new HashMap<>();
        StringBuilder yaml = new StringBuilder("cubes:\n");
        for (int i = 0; i < count; i++) {
            Set<String> targets = new HashSet<>();
            for (int j = random.nextInt(3); j > 0; j--) {
                targets.add("c" + random.nextInt(count));
            }
            targets.remove("c" + i);
            joins.put("c" + i, targets);
            yaml.append("  - name: c%d\n    sql_table: t\n    joins:\n".formatted(i));
            List<String> lines = new ArrayList<>();
            for (String target : targets) {
                lines.add(
                        "{name: %s, relationship: many_to_one, sql: \"{CUBE}.a = {%s}.b\"}"
                                .formatted(target, target));
            }
            yaml.append("      [").append(String.join(", ", lines)).append("]\n");
            yaml.append("    dimensions: [{name: id, sql: id, type: number, primary_key: true}]\n");
            yaml.append("    measures: [{name: count, type: count}]\n");
        }

        Map<String, Integer> numbers =
                new ConnectedComponents(Shop.compiler(yaml.toString()).model().source().cubes())
                        .byCube();

        for (String a : joins.keySet()) {
            for (String b : joins.keySet()) {
                assertThat(Objects.equals(numbers.get(a), numbers.get(b)))
                        .as(a + " and " + b + " of " + joins)
                        .isEqualTo(reachable(a, joins).contains(b));
            }
        }
        assertThat(numbers.values()).allMatch(number -> number >= 1 && number <= count);
    }

    private static Set<String> reachable(String from, Map<String, Set<String>> joins) {
        Set<String> reached = new HashSet<>(Set.of(from));
        boolean grew = true;
        while (grew) {
            grew = false;
            for (Map.Entry<String, Set<String>> join : joins.entrySet()) {
                for (String target : join.getValue()) {
                    if (reached.contains(join.getKey()) != reached.contains(target)) {
                        reached.add(join.getKey());
                        reached.add(target);
                        grew = true;
                    }
                }
            }
        }
        return reached;
    }
}
