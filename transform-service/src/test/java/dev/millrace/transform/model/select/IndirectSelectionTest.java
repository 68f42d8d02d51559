package dev.millrace.transform.model.select;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.model.manifest.Manifest;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.stream.Collectors;

class IndirectSelectionTest {

    private static final Manifest MANIFEST = Shop.shop().manifest();

    private static String tests(String select, String exclude, IndirectSelection mode)
            throws InvalidSelectionException {
        Criteria criteria = Criteria.of(Command.TEST).select(select).indirect(mode);
        if (!exclude.isEmpty()) {
            criteria = criteria.exclude(exclude);
        }
        return Selection.of(MANIFEST, criteria).ids().stream()
                .map(id -> id.split("\\.", 3)[2].split("_", 2)[0].replaceFirst("\\..*", ""))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    /** The first words: no_orphans, the relationships, the unique one, and the unit test. */
    @ParameterizedTest
    @CsvSource({
        "EAGER, orders, no orders relationships relationships unique",
        "CAUTIOUS, orders, orders unique",
        "BUILDABLE, orders, orders relationships unique",
        "EMPTY, orders, ''",
        "EAGER, customers, kit no relationships",
        "CAUTIOUS, customers, kit",
        "BUILDABLE, customers, kit no relationships",
        "EMPTY, customers, ''",
        "CAUTIOUS, orders customers, kit no orders relationships unique",
        "BUILDABLE, orders customers, kit no orders relationships relationships unique",
        "CAUTIOUS, +orders, not orders relationships unique unique",
        "EMPTY, test_type:unit, orders",
        "EAGER, source:web, source",
        "CAUTIOUS, source:web, source",
        "EMPTY, source:web+1, source",
        "EAGER, 'orders,tag:daily', no orders relationships relationships unique",
        "CAUTIOUS, 'orders,tag:daily', orders unique"
    })
    void testsComeAlongByTheMode(IndirectSelection mode, String select, String expected)
            throws Exception {
        assertThat(tests(select, "", mode)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "EAGER, orders customers, orders, kit",
        "CAUTIOUS, orders customers, orders, kit no relationships",
        "EAGER, test_type:data, test_name:unique, kit no not relationships relationships source",
        "EAGER, orders, test_type:unit, no relationships relationships unique"
    })
    void testsOfWhatIsExcludedAreExcludedByTheMode(
            IndirectSelection mode, String select, String exclude, String expected)
            throws Exception {
        assertThat(tests(select, exclude, mode)).isEqualTo(expected);
    }
}
