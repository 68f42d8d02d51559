package dev.millrace.transform.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

class JinjaTest {

    private static final Limits SMALL = new Limits(200_000, 100_000, 40, Duration.ofSeconds(5));

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '^',
            textBlock =
                    """
                    {{ nme }}                     @ 1:4 @ 'nme' is undefined; did you mean 'name'?
                    {% if missing %}x{% endif %}  @ 1:7 @ 'missing' is undefined
                    {{ missing ~ 'x' }}           @ 1:4 @ 'missing' is undefined
                    {{ [missing] }}               @ 1:5 @ 'missing' is undefined
                    {{ {'a': 1}.b }}              @ 1:13 @ this dict has no attribute 'b'
                    {{ [1][4] }}                  @ 1:7 @ the list has no item 4, only 1
                    {{ 'a' + 1 }}                 @ 1:8 @ '+' does not work between str and int; '~' joins values as text
                    {{ 1 / 0 }}                   @ 1:6 @ division by zero
                    {{ 'x'|uper }}                @ 1:8 @ there is no filter 'uper'; did you mean 'upper'?
                    {{ 1 is ood }}                @ 1:6 @ there is no test 'ood'; did you mean 'odd'?
                    {{ name() }}                  @ 1:8 @ 'str' cannot be called
                    {{ 1 < 'a' }}                 @ 1:4 @ 'int' and 'str' have no order between them
                    {{ 'a'.foo() }}               @ 1:8  @ this str has no attribute 'foo'
                    """)
    void mistakesAreToldWithTheirPlace(String template, String place, String message) {
        JinjaException e = mistakeOf(template);

        assertThat(e).hasMessageStartingWith("t.sql:" + place + ": " + message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{",
                "{{ }}",
                "{% if %}{% endif %}",
                "{% if 1 %}",
                "{% endif %}",
                "{{ 1 + }}",
                "{% for x %}{% endfor %}",
                "{% set %}",
                "{{ 'a }}",
                "{{ (1 }}",
                "{{ 1) }}",
                "{# x",
                "{% raw %}x",
                "{% macro %}{% endmacro %}",
                "{% include 'x' %}",
                "{{ a b }}",
                "{% macro f(a=1, b) %}{% endmacro %}",
                "{% break %}",
                "{% unknown %}",
                "{{ f(a=1, 2) }}",
                "{% if 1 %}{% else %}{% else %}{% endif %}",
                "{{ x[] }}",
                "{% set true = 1 %}",
                "{{ $ }}",
                "{% call f %}{% endcall %}",
                "{{ 1 ~ }}",
                "{{ a.b. }}",
                "{% for a in b %}"
            })
    void whatIsNoTemplateIsRefused(String template) {
        assertThatThrownBy(() -> Template.parse("t.sql", template, Syntax.JINJA))
                .isInstanceOfSatisfying(
                        JinjaException.class, e -> assertThat(e.place()).isNotNull());
    }

    @Test
    void aMistakeInAMacroNamesTheCallsThatLedThere() {
        String template =
                """
                {% macro inner(x) %}
                  {{ x.y.z }}
                {% endmacro %}
                {% macro outer() %}{{ inner({'y': 1}) }}{% endmacro %}
                select {{ outer() }}\
                """;

        JinjaException e = mistakeOf(template);

        assertThat(e.calls())
                .extracting(JinjaException.Call::macro)
                .containsExactly("inner", "outer");
        assertThat(e)
                .hasMessage(
                        """
                        t.sql:2:10: this int has no attribute 'z'
                          in macro 'inner', called from t.sql:4:28
                          in macro 'outer', called from t.sql:5:16\
                        """);
    }

    @Test
    void returnEndsTheMacroWithAValue() {
        String template =
                "{% macro f() %}before{{ return([1, 2]) }}after{% endmacro %}{{ f()[1] }}{{"
                        + " f()|length }}";

        assertThat(render(template)).isEqualTo("22");
        assertThat(render("{% macro f() %}{% do return('x') %}{% endmacro %}{{ f() }}"))
                .isEqualTo("x");
        assertThat(
                        render(
                                "{% macro f() %}{% for x in [1] %}{{ return(none) }}{% endfor %}{%"
                                        + " endmacro %}{{ f() is none }}"))
                .isEqualTo("True");
        assertThatThrownBy(() -> render("{{ return(1) }}")).hasMessageContaining("outside a macro");
    }

    @Test
    void whatACallGivesMayBeCalled() {
        Invocable dispatch = arguments -> (Invocable) inner -> inner.positional().getFirst() + "!";

        assertThat(render("{{ dispatch('f')('x') }}", Map.of("dispatch", dispatch)))
                .isEqualTo("x!");
    }

    @Test
    void macrosOfOtherTemplatesAreCalledByTheNamespaceOfTheirPackage() {
        Template library =
                Template.parse(
                        "m.sql",
                        "{% macro twice(x) %}{{ x }}{{ helper(x) }}{% endmacro %}"
                                + "{% macro helper(x) %}-{{ x }}{% endmacro %}",
                        Syntax.JINJA);
        MacroDefinition twice = library.macros().get(0);
        HasAttributes shop = name -> name.equals("twice") ? twice : null;

        assertThat(
                        render(
                                "{{ shop.twice('a') }}",
                                Map.of("shop", shop, "helper", library.macros().get(1))))
                .isEqualTo("a-a");
    }

    @Test
    void otherTagsMayDefineMacrosOrBeLeftOut() {
        Syntax syntax = new Syntax(Map.of("test", "test_"), Set.of("snapshot"));
        Template template =
                Template.parse(
                        "t.sql",
                        "{% test unique(model, column) %}x{% endtest %}{% snapshot a %}{{ 1 }}{%"
                                + " endsnapshot %}b",
                        syntax);

        assertThat(template.macros())
                .extracting(MacroDefinition::name)
                .containsExactly("test_unique");
        assertThat(new Rendering(Globals.of(Map.of())).render(template).text()).isEqualTo("b");
    }

    @Test
    void everyCharacterKnowsWhereItComesFrom() {
        Template template =
                Template.parse("t.sql", "select 1,\n  {{ 'abc' }} as x,\n  y", Syntax.JINJA);

        Rendered rendered = new Rendering(Globals.of(Map.of())).render(template);

        assertThat(rendered.text()).isEqualTo("select 1,\n  abc as x,\n  y");
        assertThat(rendered.place(rendered.text().indexOf("1,")))
                .contains(new Place("t.sql", 1, 8));
        assertThat(rendered.place(rendered.text().indexOf("bc")))
                .contains(new Place("t.sql", 2, 3));
        assertThat(rendered.place(rendered.text().indexOf("y"))).contains(new Place("t.sql", 3, 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% for a in range(1000) %}{% for b in range(1000) %}{{ a * b }}{% endfor %}{%"
                        + " endfor %}",
                "{{ 'a' * 1000000000000 }}",
                "{{ range(1000000000) | length }}",
                "{% set ns = namespace(x='abc') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x"
                        + " %}{% endfor %}",
                "{% set l = [1] %}{% for i in range(60) %}{% do l.extend(l) %}{% endfor %}",
                "{{ 'a'.center(100000000) }}",
                "{{ '%999999d' % 1 }}",
                "{{ '{:>999999}'.format(1) }}",
                "{{ ('x' * 9000).replace('x', 'y' * 9000) }}",
                "{{ ('x' * 9000).join(('a' * 9000)|list) }}",
                "{{ 'a\nb'|indent(100000000) }}",
                "{% for n in [[1]] recursive %}{{ loop([n]) }}{% endfor %}",
                "{% set l = [] %}{% do l.append(l) %}{{ l == l and l|tojson }}",
                "{% set a = [] %}{% do a.append(a) %}{% set b = [] %}{% do b.append(b) %}{{ a == b"
                        + " }}",
                "{{ [1]|batch(100000000, 'x')|list }}",
                "{{ 2 ** 100000 }}"
            })
    void whatWouldNotEndIsStopped(String template) {
        Rendering rendering = new Rendering(Globals.of(Map.of()), Map.of(), SMALL);

        assertThatThrownBy(() -> rendering.render(Template.parse("t.sql", template, Syntax.JINJA)))
                .isInstanceOf(JinjaException.class);
    }

    @Test
    void whatIsNestedTooDeeplyIsRefused() {
        for (String open :
                new String[] {"(", "[", "{'a':", "not ", "-", "{% if 1 %}", "a.b.", "f("}) {
            String template = open.startsWith("{%") ? open.repeat(5000) : "{{ " + open.repeat(5000);
            assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
        }
        assertThatThrownBy(() -> render("{{ x" + ".a".repeat(200_000) + " }}", Map.of("x", "s")))
                .isInstanceOf(JinjaException.class);
        assertThatThrownBy(() -> render("{{ 1" + "+1".repeat(200_000) + " }}"))
                .isInstanceOf(JinjaException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.__class__ }}",
                "{{ x.class }}",
                "{{ x.getClass() }}",
                "{{ [].__class__.__mro__ }}",
                "{{ '{0.__class__}'.format(x) }}",
                "{{ '{0[a]}'.format(x) }}",
                "{{ range.__globals__ }}",
                "{{ x['class'] }}",
                "{{ x|attr('getClass') }}",
                "{{ namespace.__init__ }}"
            })
    void nothingOfTheHostIsReached(String template) {
        assertThatThrownBy(() -> render(template, Map.of("x", Thread.currentThread())))
                .isInstanceOf(JinjaException.class);
    }

    @Test
    void aCalledThingGetsTheBodyOfItsCallBlock() {
        Invocable statement =
                arguments ->
                        arguments.positional().getFirst()
                                + "="
                                + (arguments.keywords().get("caller") instanceof Invocable body
                                        ? body.call(Arguments.of())
                                        : "");

        assertThat(
                        render(
                                "{% call statement('q') %}select 1{% endcall %}",
                                Map.of("statement", statement)))
                .isEqualTo("q=select 1");
    }

    private static JinjaException mistakeOf(String template) {
        return catchThrowableOfType(
                JinjaException.class, () -> render(template, Map.of("name", "x")));
    }

    private static String render(String template) {
        return render(template, Map.of());
    }

    private static String render(String template, Map<String, ?> globals) {
        return new Rendering(Globals.of(globals))
                .render(Template.parse("t.sql", template, Syntax.JINJA))
                .text();
    }
}
