package dev.millrace.transform.model.select;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.ResourceType;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

class SelectionPropertiesTest {

    private static final Manifest MANIFEST = Shop.shop().manifest();

    /** Ids of what is selected; null if the selection is refused. */
    private static @Nullable Set<String> idsIfAny(
            IndirectSelection mode, String select, String... exclude) {
        try {
            return new HashSet<>(
                    Selection.of(
                                    MANIFEST,
                                    Criteria.of(Command.LS)
                                            .types(EnumSet.allOf(ResourceType.class))
                                            .indirect(mode)
                                            .select(select)
                                            .exclude(exclude))
                            .ids());
        } catch (InvalidSelectionException refused) {
            assertThat(refused).hasMessageStartingWith("--");
            return null;
        }
    }

    /** The same of a selection that is refused only together with what it is a part of. */
    private static Set<String> ids(IndirectSelection mode, String select) {
        return Objects.requireNonNull(idsIfAny(mode, select));
    }

    @Property(tries = 500)
    void anyTextIsSelectedByOrRefused(@ForAll String select, @ForAll IndirectSelection mode) {
        idsIfAny(mode, select);
    }

    @Property(tries = 500)
    void anyTextIsReadAsSelectorsOrRefused(@ForAll("criteria") String first, @ForAll String text) {
        Problems problems = new Problems();
        String yaml =
                "selectors:\n- name: a\n  definition:\n    union:\n    - "
                        + first
                        + "\n    - method: "
                        + text
                        + "\n";
        Selectors.read(
                ProjectFiles.of(Map.of("selectors.yml", yaml.getBytes(StandardCharsets.UTF_8))),
                problems);
    }

    @Property(tries = 500)
    void theOrderOfAUnionDoesNotMatter(
            @ForAll("criteria") String a,
            @ForAll("criteria") String b,
            @ForAll IndirectSelection mode) {
        assertThat(idsIfAny(mode, a + " " + b)).isEqualTo(idsIfAny(mode, b + " " + a));
    }

    @Property(tries = 500)
    void aUnionHasAllOfItsParts(
            @ForAll("criteria") String a,
            @ForAll("criteria") String b,
            @ForAll IndirectSelection mode) {
        Set<String> union = idsIfAny(mode, a + " " + b);
        if (union != null) {
            assertThat(union).containsAll(ids(mode, a)).containsAll(ids(mode, b));
        }
    }

    @Property(tries = 500)
    void anIntersectionIsInBothOfItsParts(
            @ForAll("criteria") String a,
            @ForAll("criteria") String b,
            @ForAll("immediate") IndirectSelection mode) {
        Set<String> both = idsIfAny(mode, a + "," + b);
        if (both != null) {
            assertThat(ids(mode, a)).containsAll(both);
            assertThat(ids(mode, b)).containsAll(both);
            assertThat(both).isEqualTo(ids(mode, b + "," + a));
        }
    }

    @Property(tries = 500)
    void nothingOfWhatIsExcludedIsLeft(
            @ForAll("criteria") String a,
            @ForAll("criteria") String b,
            @ForAll IndirectSelection mode) {
        Set<String> rest = idsIfAny(mode, a, b);
        if (rest != null) {
            assertThat(rest).noneMatch(ids(mode, b)::contains);
            assertThat(ids(mode, a)).containsAll(rest);
        }
    }

    @Property(tries = 300)
    void ofTheModesTheMoreEagerSelectsMore(@ForAll("criteria") String a) {
        Set<String> eager = idsIfAny(IndirectSelection.EAGER, a);
        if (eager != null) {
            assertThat(eager).containsAll(ids(IndirectSelection.BUILDABLE, a));
            assertThat(ids(IndirectSelection.BUILDABLE, a))
                    .containsAll(ids(IndirectSelection.CAUTIOUS, a));
            assertThat(ids(IndirectSelection.CAUTIOUS, a))
                    .containsAll(ids(IndirectSelection.EMPTY, a));
        }
    }

    /** Those that leave no test for later, which several parts together may bring along. */
    @Provide
    Arbitrary<IndirectSelection> immediate() {
        return Arbitraries.of(IndirectSelection.EAGER, IndirectSelection.EMPTY);
    }

    @Provide
    Arbitrary<String> criteria() {
        Arbitrary<String> before = Arbitraries.of("", "", "", "+", "1+", "2+", "@");
        Arbitrary<String> behind = Arbitraries.of("", "", "", "+", "+1");
        Arbitrary<String> values =
                Arbitraries.of(
                        "orders",
                        "customers",
                        "marts",
                        "staging",
                        "kit",
                        "*",
                        "*.stg_*",
                        "dim_product.v2",
                        "models/marts",
                        "models/**/*s.sql",
                        "countries.csv",
                        "tag:nightly",
                        "tag:core",
                        "tag:*",
                        "source:web",
                        "config.materialized:table",
                        "config.severity:warn",
                        "resource_type:test",
                        "resource_type:nothing",
                        "test_type:generic",
                        "test_name:relationships",
                        "package:this",
                        "access:protected",
                        "version:old",
                        "unit_test:*",
                        "exposure:*",
                        "state:new",
                        "missing",
                        "a:b");
        return Combinators.combine(before, values, behind)
                .as((prefix, value, suffix) -> prefix + value + suffix);
    }
}
