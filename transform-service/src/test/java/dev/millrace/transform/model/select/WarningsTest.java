package dev.millrace.transform.model.select;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.model.manifest.Manifest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarningsTest {

    private static final Manifest MANIFEST = Shop.shop().manifest();

    private static Selection select(String... select) throws InvalidSelectionException {
        return Selection.of(MANIFEST, Criteria.of(Command.LS).select(select));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ordrs | did you mean 'orders'?",
                "+custmers+ | did you mean 'customers'?",
                "tag:nigthly | did you mean 'nightly'?",
                "source:web.event | did you mean 'web.events'?",
                "models/martz | did you mean 'models/marts'?",
                "order.sql | did you mean 'orders.sql'?",
                "package:ship | did you mean 'shop'?",
                "group:sails | did you mean 'sales'?",
                "access:publik | did you mean 'public'?",
                "test_name:uniq | did you mean 'unique'?",
                "exposure:dashbord | did you mean 'dashboard'?",
                "metric:revenu | did you mean 'revenue'?",
                "semantic_model:order_semantic | did you mean 'orders_semantic'?",
                "saved_query:montly | did you mean 'monthly'?",
                "unit_test:sum_up | did you mean 'sums_up'?",
                "dropped | it is switched off at models/marts/dropped.sql:1:1",
                "stg_* | a pattern is held against directories as well: '*.stg_*'",
                "web | a source is selected by the method of that name, as in source:web"
            })
    void whatMatchesNothingIsToldWithTheNearest(String criterion, String hint) throws Exception {
        Selection selection = select(criterion);
        assertThat(selection.ids()).isEmpty();
        assertThat(selection.warnings())
                .containsExactly(
                        "--select '"
                                + criterion
                                + "': it matches nothing that is switched on; "
                                + hint);
    }

    @Test
    void aPatternThatMatchesNothingIsToldWithoutAGuess() throws Exception {
        assertThat(select("zz*").warnings())
                .containsExactly("--select 'zz*': it matches nothing that is switched on");
    }

    @Test
    void anIntersectionCountsAsOne() throws Exception {
        assertThat(select("orders,tag:vendor").warnings())
                .containsExactly(
                        "--select 'orders,tag:vendor': it matches nothing that is switched on; each"
                                + " of its parts does, but nothing is in all of them");
        assertThat(select("orders,tag:vender").warnings())
                .containsExactly(
                        "--select 'orders,tag:vender': it matches nothing that is switched on;"
                                + " nothing is 'tag:vender'; did you mean 'vendor'?");
    }

    @Test
    void othersAreStillSelected() throws Exception {
        Selection selection = select("sessions", "sesions");
        assertThat(selection.ids()).containsExactly("model.shop.sessions");
        assertThat(selection.warnings()).hasSize(1);
    }

    @Test
    void anEmptySelectionSelectsNothing() throws Exception {
        Selection selection = select("");
        assertThat(selection.ids()).isEmpty();
        assertThat(selection.warnings()).hasSize(1);
    }

    @Test
    void whatIsExcludedInVainIsToldAsWell() throws Exception {
        Selection selection =
                Selection.of(MANIFEST, Criteria.of(Command.RUN).exclude("tag:deprecated"));
        assertThat(selection.ids()).isNotEmpty();
        assertThat(selection.warnings())
                .containsExactly(
                        "--exclude 'tag:deprecated': it matches nothing that is switched on");
    }

    @Test
    void aProjectWithoutSelectionHasNothingToWarnOf() throws Exception {
        assertThat(Selection.of(MANIFEST, Criteria.of(Command.BUILD)).warnings()).isEmpty();
    }
}
