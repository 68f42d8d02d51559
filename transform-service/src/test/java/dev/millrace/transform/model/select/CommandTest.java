package dev.millrace.transform.model.select;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

class CommandTest {

    private static final Manifest MANIFEST = Shop.shop().manifest();

    private static Selection all(Command command) throws InvalidSelectionException {
        return Selection.of(MANIFEST, Criteria.of(command));
    }

    private static Set<ResourceType> types(Selection selection) {
        Set<ResourceType> types = EnumSet.noneOf(ResourceType.class);
        for (String id : selection.ids()) {
            types.add(ResourceType.named(id.substring(0, id.indexOf('.'))).orElseThrow());
        }
        return types;
    }

    @Test
    void eachCommandIsAboutItsOwnTypes() throws Exception {
        assertThat(types(all(Command.RUN))).containsExactly(ResourceType.MODEL);
        assertThat(types(all(Command.SEED))).containsExactly(ResourceType.SEED);
        assertThat(types(all(Command.SNAPSHOT))).containsExactly(ResourceType.SNAPSHOT);
        assertThat(types(all(Command.TEST)))
                .containsExactlyInAnyOrder(ResourceType.TEST, ResourceType.UNIT_TEST);
        assertThat(types(all(Command.BUILD)))
                .containsExactlyInAnyOrder(
                        ResourceType.MODEL,
                        ResourceType.SEED,
                        ResourceType.SNAPSHOT,
                        ResourceType.TEST,
                        ResourceType.UNIT_TEST,
                        ResourceType.SAVED_QUERY);
        assertThat(types(all(Command.COMPILE)))
                .contains(ResourceType.ANALYSIS, ResourceType.TEST)
                .doesNotContain(ResourceType.UNIT_TEST, ResourceType.SOURCE);
        assertThat(types(all(Command.LS)))
                .contains(
                        ResourceType.SOURCE,
                        ResourceType.EXPOSURE,
                        ResourceType.METRIC,
                        ResourceType.SEMANTIC_MODEL,
                        ResourceType.SAVED_QUERY,
                        ResourceType.UNIT_TEST)
                .doesNotContain(ResourceType.ANALYSIS);
    }

    @Test
    void nodesComeInTheOrderOfTheManifest() throws Exception {
        List<String> ids = new ArrayList<>(MANIFEST.nodes().keySet());
        ids.retainAll(all(Command.BUILD).ids());
        assertThat(all(Command.BUILD).nodes().stream().map(Node::id))
                .containsExactlyElementsOf(ids);
    }

    @Test
    void ephemeralModelsAndEmptyFilesAreNotRun() throws Exception {
        assertThat(all(Command.RUN).ids())
                .contains("model.shop.orders")
                .doesNotContain("model.shop.int_sessions", "model.shop.empty");
        assertThat(all(Command.COMPILE).ids())
                .contains("model.shop.int_sessions")
                .doesNotContain("model.shop.empty");
        assertThat(all(Command.LS).ids()).contains("model.shop.int_sessions", "model.shop.empty");
    }

    @Test
    void whatIsSwitchedOffIsNeverSelected() throws Exception {
        for (Command command : Command.values()) {
            assertThat(all(command).ids()).doesNotContain("model.shop.dropped");
        }
    }

    @Test
    void freshnessIsAboutSourcesThatSayHowOldTheyMayBe() throws Exception {
        assertThat(all(Command.SOURCE_FRESHNESS).ids()).containsExactly("source.shop.web.events");
        assertThat(all(Command.LS).sources()).hasSize(3);
    }

    @Test
    void typesMayBeAskedForAndLeftOut() throws Exception {
        Criteria seeds = Criteria.of(Command.BUILD).types(Set.of(ResourceType.SEED));
        assertThat(Selection.of(MANIFEST, seeds).ids()).containsExactly("seed.shop.countries");
        Criteria withoutTests =
                Criteria.of(Command.BUILD)
                        .select("+customers")
                        .withoutTypes(Set.of(ResourceType.TEST, ResourceType.UNIT_TEST));
        assertThat(types(Selection.of(MANIFEST, withoutTests)))
                .containsExactlyInAnyOrder(ResourceType.MODEL, ResourceType.SEED);
        Criteria analyses = Criteria.of(Command.LS).types(Set.of(ResourceType.ANALYSIS));
        assertThat(Selection.of(MANIFEST, analyses).ids()).containsExactly("analysis.shop.look");
        Criteria sources = Criteria.of(Command.RUN).types(Set.of(ResourceType.SOURCE));
        assertThat(Selection.of(MANIFEST, sources).ids()).isEmpty();
    }

    @Test
    void theKindsOfWhatIsSelectedStandApart() throws Exception {
        Selection selection = all(Command.LS);
        assertThat(selection.unitTests()).hasSize(1);
        assertThat(selection.others()).hasSize(4);
        assertThat(selection.ids())
                .hasSize(
                        selection.nodes().size()
                                + selection.sources().size()
                                + selection.others().size()
                                + selection.unitTests().size());
    }
}
