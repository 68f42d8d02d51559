package dev.millrace.transform.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Whatever users write, a template is rendered or refused: it never hangs, and fails in one way.
 */
class JinjaFuzzTest {

    private static final Limits LIMITS = new Limits(20_000, 20_000, 20, Duration.ofSeconds(2));
    private static final List<String> PIECES =
            List.of(
                    "{{",
                    "}}",
                    "{%",
                    "%}",
                    "{#",
                    "#}",
                    "{%-",
                    "-%}",
                    "{{-",
                    "-}}",
                    " ",
                    "\n",
                    "x",
                    "y",
                    "loop",
                    "if",
                    "else",
                    "elif",
                    "endif",
                    "for",
                    "in",
                    "endfor",
                    "set",
                    "endset",
                    "macro",
                    "endmacro",
                    "call",
                    "endcall",
                    "do",
                    "filter",
                    "endfilter",
                    "with",
                    "endwith",
                    "raw",
                    "endraw",
                    "and",
                    "or",
                    "not",
                    "is",
                    "defined",
                    "none",
                    "true",
                    "(",
                    ")",
                    "[",
                    "]",
                    "{",
                    "}",
                    ",",
                    ":",
                    ".",
                    "|",
                    "~",
                    "+",
                    "-",
                    "*",
                    "**",
                    "/",
                    "//",
                    "%",
                    "=",
                    "==",
                    "<",
                    ">",
                    "1",
                    "2.5",
                    "0",
                    "'a'",
                    "\"b\"",
                    "'",
                    "\\",
                    "upper",
                    "join",
                    "map",
                    "select",
                    "sort",
                    "tojson",
                    "range",
                    "dict",
                    "namespace",
                    "format",
                    "replace",
                    "split",
                    "append",
                    "items",
                    "f",
                    "f()",
                    "return",
                    "caller()",
                    "varargs",
                    "recursive",
                    "break",
                    "continue",
                    "round",
                    "{% for x in [1,2] %}",
                    "{% endfor %}",
                    "{% if x %}",
                    "{% endif %}",
                    "{% macro f(x) %}",
                    "{% endmacro %}",
                    "{{ f(1) }}",
                    "{% set x = ",
                    " %}",
                    "{{ x",
                    " }}",
                    "é",
                    "😀",
                    "\u0000");

    @Property(tries = 3000)
    void anythingIsRenderedOrRefused(@ForAll("templates") String template) {
        String outcome = outcome(template);

        assertThat(outcome).isNotNull();
        assertThat(outcome(template)).isEqualTo(outcome);
    }

    @Provide
    Arbitrary<String> templates() {
        return Arbitraries.of(PIECES).list().ofMaxSize(30).map(pieces -> String.join("", pieces));
    }

    private static String outcome(String template) {
        try {
            return new Rendering(Globals.of(Map.of("x", "text", "y", List.of())), Map.of(), LIMITS)
                    .render(Template.parse("t", template, Syntax.JINJA))
                    .text();
        } catch (JinjaException e) {
            assertThat(e.place()).as("%s in %s", e, template).isNotNull();
            return "refused: " + e.problem();
        }
    }
}
