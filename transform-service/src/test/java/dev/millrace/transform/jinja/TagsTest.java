package dev.millrace.transform.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Set;

class TagsTest {

    private static final Syntax SYNTAX =
            new Syntax(Map.of("test", "test_", "data_test", "test_"), Set.of("snapshot", "docs"))
                    .withHeadedTag("materialization", TagsTest::materialization);

    private static String materialization(TagHeader header) {
        Object adapter = header.options().get("adapter");
        if (adapter == null && !header.words().contains("default")) {
            throw new JinjaException("a materialization needs adapter='…' or default");
        }
        return "materialization_" + header.name() + "_" + (adapter == null ? "default" : adapter);
    }

    @Test
    void aDefinitionTagMayBeEndedByAnotherOfItsPrefix() {
        Template template =
                parse(
                        "{% test a(m) %}x{% endtest %}{% data_test b(m) %}y{% enddata_test %}"
                                + "{% test c(m) %}z{% enddata_test %}{{ test_c(1) }}");

        assertThat(template.macros())
                .extracting(MacroDefinition::name)
                .containsExactly("test_a", "test_b", "test_c");
        assertThat(template.macros().get(1).header().tag()).isEqualTo("data_test");
        assertThat(rendered(template)).isEqualTo("z");
    }

    @Test
    void aHeadedTagDefinesAMacroWithoutParameters() {
        Template template =
                parse(
                        "{% materialization table, adapter='postgres', supported_languages=['sql',"
                                + " 'python'] -%} {{ return(1) }} {% endmaterialization %}\n"
                                + "{% materialization view, default %}{% endmaterialization %}");

        assertThat(template.macros())
                .extracting(MacroDefinition::name)
                .containsExactly("materialization_table_postgres", "materialization_view_default");
        assertThat(template.macros().getFirst().parameterNames()).isEmpty();
        assertThat(template.macros().getFirst().header().options())
                .containsEntry("supported_languages", new ListValue(List.of("sql", "python")));
        assertThat(
                        new Rendering(Globals.of(Map.of()))
                                .call(template.macros().getFirst(), Arguments.of()))
                .isEqualTo(1L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% materialization x %}{% endmaterialization %}",
                "{% materialization x, adapter=y %}{% endmaterialization %}",
                "{% materialization x, default %}",
                "{% materialization %}{% endmaterialization %}",
                "{% snapshot %}{% endsnapshot %}",
                "{% snapshot a b %}{% endsnapshot %}",
                "{% snapshot a %}{# {% endsnapshot %} #}",
                "{% endsnapshot %}",
                "{% test a(m) %}{% endmacro %}"
            })
    void aTagThatIsWrongIsRefusedWithItsPlace(String template) {
        assertThatThrownBy(() -> parse(template))
                .isInstanceOfSatisfying(
                        JinjaException.class, e -> assertThat(e.place()).isNotNull());
    }

    @Test
    void aBlockIsTakenAsItStandsAndNotRendered() {
        Template template =
                parse("a{% snapshot orders %}\r\n  {{ 1 }} {# c #}{% endsnapshot %}\nb");

        assertThat(template.blocks())
                .singleElement()
                .satisfies(
                        block -> {
                            assertThat(block.tag()).isEqualTo("snapshot");
                            assertThat(block.name()).isEqualTo("orders");
                            assertThat(block.place()).isEqualTo(new Place("t.sql", 1, 14));
                            assertThat(block.source()).isEqualTo("\r\n  {{ 1 }} {# c #}");
                            assertThat(rendered(block.body())).isEqualTo("\n  1 ");
                        });
        assertThat(rendered(template)).isEqualTo("a\nb");
    }

    @Test
    void theBodyOfABlockNeedNotBeATemplate() {
        Template template = parse("{% docs d %}write {{ like this, or {% unknown %}{% enddocs %}");

        assertThat(template.blocks())
                .extracting(Block::source)
                .containsExactly("write {{ like this, or {% unknown %}");
    }

    @Test
    void aMistakeInABlockHasItsPlaceInTheFile() {
        Template template = parse("line\n{% snapshot s %}\n\n  {{ nothing }}\n{% endsnapshot %}");

        JinjaException e =
                catchThrowableOfType(
                        JinjaException.class, () -> rendered(template.blocks().getFirst().body()));

        assertThat(e.place()).isEqualTo(new Place("t.sql", 4, 6));
    }

    @Test
    void commentsAndRawTextMayHoldAnEndTag() {
        Template template =
                parse(
                        "{% snapshot s %}{# {% endsnapshot %} #}{% raw %}{% endsnapshot %}{% endraw"
                                + " %}x{% endsnapshot %}");

        assertThat(rendered(template.blocks().getFirst().body())).isEqualTo("{% endsnapshot %}x");
    }

    @Test
    void blocksAreFoundInProseThatIsNoTemplate() {
        String prose =
                "# Use {{ freely }} {% here %}\n{% docs one %}\nText {{ x\n{% enddocs %}\n"
                        + "{# {% docs no %}{% enddocs %} #}{%- docs two -%}  B  {%- enddocs -%}";

        List<Block> blocks = Block.in("d.md", prose, Set.of("docs"));

        assertThat(blocks).extracting(Block::name).containsExactly("one", "two");
        assertThat(blocks).extracting(Block::source).containsExactly("\nText {{ x\n", "B");
        assertThat(blocks.getFirst().place()).isEqualTo(new Place("d.md", 2, 9));
        assertThatThrownBy(() -> Block.in("d.md", "{% docs a %}", Set.of("docs")))
                .hasMessage("d.md:1:1: '{% docs %}' has no '{% enddocs %}'");
        assertThatThrownBy(() -> Block.in("d.md", "\n{% docs %}{% enddocs %}", Set.of("docs")))
                .hasMessage("d.md:2:1: expected '{% docs name %}' here");
    }

    @Test
    void aMacroKnowsItsTextInTheFile() {
        Template template =
                parse(
                        "x {%- macro a(b=c()) %}\r\n{{ b }}{% endmacro -%} y"
                                + "{% test t(m) %}1{% endtest %}");

        assertThat(template.macros())
                .extracting(MacroDefinition::source)
                .containsExactly(
                        "{%- macro a(b=c()) %}\r\n{{ b }}{% endmacro -%}",
                        "{% test t(m) %}1{% endtest %}");
    }

    @Test
    void callsAreKnownWithoutRendering() {
        Template template =
                parse(
                        "{% macro a(x=other()) %}{{ shop.price(x) }}{{ adapter.dispatch('p',"
                                + " macro_namespace='shop')(x) }}{% endmacro %}"
                                + "{% call statement('q', fetch_result=True) %}{{ ref('m') | f"
                                + " }}{% endcall %}{% if y %}{{ ref('p', z, 'q') }}{% endif %}");

        assertThat(template.macros().getFirst().calls())
                .extracting(CallSite::name)
                .containsExactly("other", "shop.price", "adapter.dispatch");
        CallSite dispatch = template.macros().getFirst().calls().get(2);
        assertThat(dispatch.positional()).containsExactly("p");
        assertThat(dispatch.keywords()).containsEntry("macro_namespace", "shop");
        assertThat(dispatch.place()).isEqualTo(new Place("t.sql", 1, 47));
        assertThat(template.macros().getFirst().mentionedNames())
                .containsExactlyInAnyOrder("other", "shop", "adapter", "x");
        assertThat(template.calls())
                .extracting(CallSite::name)
                .containsExactly(
                        "other", "shop.price", "adapter.dispatch", "statement", "ref", "ref");
        assertThat(template.calls().getLast().positional()).containsExactly("p");
        assertThat(template.mentionedNames()).contains("y", "z", "statement", "shop");
    }

    private static Template parse(String source) {
        return Template.parse("t.sql", source, SYNTAX);
    }

    private static String rendered(Template template) {
        return new Rendering(Globals.of(Map.of())).render(template).text();
    }
}
