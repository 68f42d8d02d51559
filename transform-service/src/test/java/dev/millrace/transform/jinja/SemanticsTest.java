package dev.millrace.transform.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

class SemanticsTest {

    /** A row of a result, as callers give them to templates. */
    private record Row(List<String> columns, List<Object> values)
            implements HasAttributes, HasItems, HasElements {

        @Override
        public @Nullable Object attribute(String name) {
            return switch (name) {
                case "keys" -> Methods.nothing(name, new ListValue(columns));
                case "values" -> Methods.nothing(name, new ListValue(values));
                default -> null;
            };
        }

        @Override
        public @Nullable Object item(Object key) {
            int at = key instanceof Long index ? index.intValue() : columns.indexOf(key);
            return at >= 0 && at < values.size() ? values.get(at) : null;
        }

        @Override
        public Iterator<Object> iterator() {
            return values.iterator();
        }

        @Override
        public int length() {
            return values.size();
        }
    }

    private record Rows(List<Object> rows) implements HasElements {

        @Override
        public Iterator<Object> iterator() {
            return rows.iterator();
        }

        @Override
        public int length() {
            return rows.size();
        }
    }

    private static final Rows ROWS =
            new Rows(
                    List.of(
                            new Row(List.of("id", "name"), List.of(1L, "a")),
                            new Row(List.of("id", "name"), List.of(2L, "b"))));

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            textBlock =
                    """
                    {% for id, name in rows %}{{ id }}{{ name }};{% endfor %} @ 1a;2b;
                    {{ rows[0]['name'] }}{{ rows[0].name }}{{ rows[0][1] }}   @ aaa
                    {{ rows[-1].id }} {{ rows[7] is defined }}                @ 2 False
                    {{ dict(rows[0]) }}                                       @ {'id': 1, 'name': 'a'}
                    {{ rows[0].values() }} {{ rows|length }}                  @ [1, 'a'] 2
                    {{ rows|map(attribute='name')|join(',') }}                @ a,b
                    {{ rows[1:]|length }} {{ (rows|first).id }}               @ 1 1
                    {{ 'yes' if rows }}{{ 'yes' if none_ else 'no' }}         @ yesno
                    {{ rows is iterable }} {{ 'b' in rows[1] }}               @ True True
                    {{ rows|tojson }}                                         @ [[1, "a"], [2, "b"]]
                    {{ rows[0].nothing is defined }}                          @ False
                    {{ rows|selectattr('id', 'gt', 1)|list|length }}          @ 1
                    """)
    void templatesReadTablesFromOutside(String template, String expected) {
        Map<String, Object> names = Map.of("rows", ROWS, "none_", new Rows(List.of()));

        assertThat(render(template, names, Settings.DEFAULT)).isEqualTo(expected);
    }

    @Test
    void decimalsAreNumbers() {
        Map<String, Object> names =
                Map.of("d", new BigDecimal("2.50"), "big", new BigInteger("9".repeat(30)));

        assertThat(
                        render(
                                "{{ d }} {{ d + 1 }} {{ d * 2 }} {{ d > 2 }} {{ d|int }} {{ d|float"
                                    + " }} {{ [d] }} {{ d is number }} {{ d == 2.5 }} {{ d|round(1)"
                                    + " }}",
                                names,
                                Settings.DEFAULT))
                .isEqualTo("2.50 3.50 5.00 True 2 2.5 [Decimal('2.50')] True True 2.5");
        assertThat(render("{{ big + 1 }}", names, Settings.DEFAULT))
                .isEqualTo("1" + "0".repeat(30));
    }

    @Test
    void valuesOfJavaBecomeThoseOfTemplates() {
        assertThat(Values.of(new BigInteger("5"))).isEqualTo(5L);
        assertThat(Values.plain(Values.of(Map.of("a", List.of(1)))))
                .isEqualTo(Map.of("a", List.of(1L)));
        assertThat(Values.plain(ROWS)).isEqualTo(List.of(List.of(1L, "a"), List.of(2L, "b")));
    }

    @Test
    void aMisspeltCallIsAMistakeInEachMode() {
        for (Undefineds mode : Undefineds.values()) {
            Settings settings = Settings.DEFAULT.withUndefineds(mode);

            assertThatThrownBy(() -> render("{{ pirce() }}", Map.of("price", 1), settings))
                    .hasMessage("t:1:4: 'pirce' is undefined; did you mean 'price'?");
        }
    }

    @Test
    void anUndefinedValueReachesFunctionsOnlyIfItMay() {
        Invocable seen = arguments -> Values.isDefined(arguments.bind("f", "x").get("x"));
        Map<String, Object> names = Map.of("f", seen);

        assertThat(render("{{ f(nothing) }}", names, mode(Undefineds.LENIENT))).isEqualTo("False");
        assertThatThrownBy(() -> render("{{ f(nothing) }}", names, Settings.DEFAULT))
                .hasMessageContaining("'nothing' is undefined");
    }

    @Test
    void templatesImportOthersThroughTheirLoader() {
        Template library =
                Template.parse(
                        "lib",
                        "{% macro f(x) %}<{{ x }}{{ outer }}>{% endmacro %}{% set y = 5 %}{% set _z"
                                + " = 1 %}text",
                        Syntax.JINJA);
        Imports imports = name -> name.equals("lib") ? library : null;
        Settings settings = mode(Undefineds.LENIENT).withImports(imports);

        assertThat(
                        render(
                                "{% set outer = 'o' %}{% import 'lib' as l %}{{ l.f(1) }}{{ l.y"
                                        + " }}{{ l._z is defined }}{{ l }}",
                                Map.of(), settings))
                .isEqualTo("<1>5Falsetext");
        assertThat(
                        render(
                                "{% set outer = 'o' %}{% from 'lib' import f as g, y with context"
                                        + " %}{{ g(2) }}{{ y }}",
                                Map.of(), settings))
                .isEqualTo("<2o>5");
        assertThatThrownBy(() -> render("{% import 'no' as l %}", Map.of(), settings))
                .hasMessage("t:1:4: there is no template 'no' to import");
        assertThatThrownBy(() -> render("{% from 'lib' import no %}{{ no() }}", Map.of(), settings))
                .hasMessageContaining("the template 'lib' has no 'no'");
        assertThatThrownBy(() -> render("{% import 'a' as l %}", Map.of(), Settings.DEFAULT))
                .hasMessageContaining("'a' cannot be imported");
    }

    @Test
    void aTemplateThatImportsItselfIsStopped() {
        Imports imports = name -> Template.parse(name, "{% import 'a' as l %}", Syntax.JINJA);

        assertThatThrownBy(
                        () ->
                                render(
                                        "{% import 'a' as l %}",
                                        Map.of(), Settings.DEFAULT.withImports(imports)))
                .hasMessageContaining("nested more than");
    }

    @Test
    void oneExpressionKeepsItsValue() {
        Rendering rendering = new Rendering(Globals.of(Map.of("l", new ListValue(List.of(1L)))));

        assertThat(rendering.value(Template.parse("t", "{{ l }}", Syntax.JINJA)))
                .isEqualTo(List.of(1L));
        assertThat(rendering.value(Template.parse("t", "{{ l }}!", Syntax.JINJA)))
                .isEqualTo("[1]!");
        assertThat(rendering.value(Template.parse("t", "", Syntax.JINJA))).isEqualTo("");
    }

    private static Settings mode(Undefineds undefineds) {
        return Settings.DEFAULT.withUndefineds(undefineds);
    }

    private static String render(String template, Map<String, ?> names, Settings settings) {
        return new Rendering(Globals.of(names), settings)
                .render(Template.parse("t", template, Syntax.JINJA))
                .text();
    }
}
