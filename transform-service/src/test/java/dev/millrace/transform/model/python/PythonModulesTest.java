package dev.millrace.transform.model.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transform.jinja.Globals;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Syntax;
import dev.millrace.transform.jinja.Template;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

class PythonModulesTest {

    private static final Instant NOW = Instant.parse("2024-02-29T13:05:09.123456789Z");
    private static final Globals GLOBALS =
            Globals.of(
                    Map.of(
                            "modules",
                            new PythonModules(Clock.fixed(NOW, ZoneOffset.UTC)),
                            "run_started_at",
                            DateTimeValue.utc(NOW)));

    private static String render(String template) {
        return new Rendering(GLOBALS).render(Template.parse("test", template, Syntax.JINJA)).text();
    }

    private static void assertRefused(String expression, String problem) {
        assertThatThrownBy(() -> render("{{ " + expression + " }}"))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void theClockThatIsGivenTellsTheTime() {
        assertThat(render("{{ modules.datetime.datetime.now() }}"))
                .isEqualTo("2024-02-29 13:05:09.123456");
        assertThat(render("{{ modules.datetime.datetime.utcnow().isoformat() }}"))
                .isEqualTo("2024-02-29T13:05:09.123456");
        assertThat(render("{{ modules.datetime.date.today() }}")).isEqualTo("2024-02-29");
        assertThat(
                        render(
                                "{{ modules.datetime.datetime.today()"
                                        + ".replace(hour=0, minute=0, second=0, microsecond=0)"
                                        + " - modules.datetime.timedelta(days=10) }}"))
                .isEqualTo("2024-02-19 00:00:00");
    }

    @Test
    void theStartOfARunIsADatetimeInUtc() {
        assertThat(render("{{ run_started_at }}")).isEqualTo("2024-02-29 13:05:09.123456+00:00");
        assertThat(render("{{ run_started_at.strftime('%Y-%m-%d %z %Z') }}"))
                .isEqualTo("2024-02-29 +0000 UTC");
        assertThat(
                        render(
                                "{{ run_started_at.astimezone(modules.pytz.timezone("
                                        + "'America/New_York')) }}"))
                .isEqualTo("2024-02-29 08:05:09.123456-05:00");
        assertThat(render("{{ [run_started_at] }}"))
                .isEqualTo("[datetime.datetime(2024, 2, 29, 13, 5, 9, 123456, tzinfo=<UTC>)]");
    }

    @Test
    void aMacroReplacesMatches() {
        assertThat(
                        render(
                                "{% macro upper(m) %}{{ m.group().upper() }}{% endmacro %}"
                                        + "{{ modules.re.sub('[a-c]', upper, 'abcdef') }}"))
                .isEqualTo("ABCdef");
    }

    @Test
    void aMacroTellsGroupsApart() {
        assertThat(
                        render(
                                "{% macro first(t) %}{{ t[0] }}{% endmacro %}{{"
                                    + " modules.itertools.groupby(['ab', 'ac', 'b'], first) }}"))
                .isEqualTo("[('a', ['ab', 'ac']), ('b', ['b'])]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "modules.datetime.date(2023, 2, 29) ; there is no date 2023-02-29",
                "modules.datetime.datetime(2023, 2, 2, 24) ; there is no time 24:00:00",
                "modules.datetime.date(10000, 1, 1) ; the year 10000 is not in 1..9999",
                "modules.datetime.date.max + modules.datetime.timedelta(1) ; is not in 1..9999",
                "modules.datetime.datetime.max + modules.datetime.timedelta(1) ; is not in 1..9999",
                "modules.datetime.timedelta(days=1e12) ; more than 292000 years",
                "modules.datetime.timedelta('1') ; 'days' must be a number, not str",
                "modules.datetime.timedelta(1) / 0 ; division by zero",
                "modules.datetime.timedelta(1) + 1 ; '+' does not work between timedelta and int",
                "modules.datetime.date(2024, 1, 1) < 5 ; 'date' and 'int' have no order",
                "run_started_at - modules.datetime.datetime.now() ; the other has none",
                "run_started_at < modules.datetime.datetime.now() ; the other has none",
                "run_started_at.isoformat(timespec='days') ; the timespec 'days' is none of auto",
                "run_started_at.astimezone('UTC') ; needs a tzinfo or None, not str",
                "modules.datetime.datetime.strptime('x', '%Y') ; 'x' does not have the format '%Y'",
                "modules.datetime.datetime.strptime('2024x', '%Y') ; 'x' is left after the format",
                "modules.datetime.datetime.strptime('2024', '%Q') ; '%Q' in '%Q' is no code",
                "modules.datetime.datetime.strptime('1', '%') ; a single '%' ends '%'",
                "modules.datetime.datetime.strptime('11', '%d%d') ; '%d' stands twice",
                "modules.datetime.datetime.fromisoformat('today') ; not in the form of ISO 8601",
                "modules.datetime.datetime.fromisoformat('2023-W53-1') ; has no week 53",
                "modules.datetime.datetime.fromtimestamp(1e18) ; not in the years 1 to 9999",
                "modules.pytz.timezone('Europe/Berln') ; did you mean 'Europe/Berlin'?",
                "modules.pytz.country_timezones ; is not offered",
                "modules.pytz.utc.localize(run_started_at) ; is for a datetime without a zone",
                "modules.itertools.count() ; never ends",
                "modules.itertools.cycle([1]) ; never ends",
                "modules.itertools.repeat(1) ; never ends",
                "modules.itertools.repeat(1, 2000000000) ; makes more than 1000000 values",
                "modules.itertools.product(range(2000), repeat=2) ; more than 1000000 values",
                "modules.itertools.product([1, 2], repeat=99) ; more than 1000000 values",
                "modules.itertools.product([1, 2], repeat=2000000000) ; combines up to 100 items",
                "modules.itertools.permutations(range(20)) ; more than 1000000 values",
                "modules.itertools.combinations(range(100), 50) ; more than 1000000 values",
                "modules.re.search('(', 'a') ; the pattern '(' cannot be read",
                "modules.re.search('a)', 'a') ; cannot be read",
                "modules.re.search('[a', 'a') ; a '[' has no ']'",
                "modules.re.search('(?P<a>x)(?P<a>y)', 'a') ; two groups are named 'a'",
                "modules.re.search('(?P=a)', 'a') ; there is no group 'a' before",
                "modules.re.search('(?(1)a|b)', 'a') ; of a kind that is not offered",
                "modules.re.search('\\\\p{L}', 'a') ; '\\p' is no escape of Python's",
                "modules.re.sub('a', '\\\\2', 'a') ; has no group 2",
                "modules.re.sub('a', '\\\\q', 'a') ; is no escape",
                "modules.re.search('a', 5) ; 'string' must be text, not int",
                "modules.re.search('(.*)(.*)(.*)(.*)(.*)x', 'a' * 5000) ; takes longer than 2 s",
                "modules.re.search('(a|b)*c', 'ab' * 200000) ; repeats a group too often",
            })
    void whatCannotBeIsSaidPlainly(String expression, String problem) {
        assertRefused(expression, problem);
    }

    @Test
    void aTimeThatExistsTwiceNeedsToBeToldApart() {
        String berlin = "modules.pytz.timezone('Europe/Berlin')";
        String twice = "modules.datetime.datetime(2024, 10, 27, 2, 30)";

        assertRefused(berlin + ".localize(" + twice + ", is_dst=none)", "exists twice in");
    }

    @Test
    void oneCombinationOfManyItemsIsFoundAtOnce() {
        assertThat(render("{{ modules.itertools.combinations(range(100), 100) | length }}"))
                .isEqualTo("1");
    }
}
