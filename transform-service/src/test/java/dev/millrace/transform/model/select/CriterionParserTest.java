package dev.millrace.transform.model.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transform.model.select.Spec.Criterion;
import dev.millrace.transform.model.select.Spec.Reach;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class CriterionParserTest {

    private static final int ALL = Reach.UNBOUNDED;

    private static Criterion parse(String raw) throws InvalidSelectionException {
        return CriterionParser.parse(raw, "--select '" + raw + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "orders, FQN, orders",
        "marts.orders, FQN, marts.orders",
        "models/marts, PATH, models/marts",
        "orders.sql, FILE, orders.sql",
        "orders.SQL, FILE, orders.SQL",
        "countries.csv, FILE, countries.csv",
        "model.py, FILE, model.py",
        "tag:nightly, TAG, nightly",
        "tag:a:b, TAG, a:b",
        "my-tag:x, FQN, my-tag:x",
        ":x, FQN, :x",
        "1orders, FQN, 1orders",
        "state:modified.body, STATE, modified.body"
    })
    void aValueHasAMethod(String raw, Method method, String value) throws Exception {
        assertThat(parse(raw).method()).isEqualTo(method);
        assertThat(parse(raw).value()).isEqualTo(value);
    }

    @Test
    void whatFollowsAMethodAfterDotsAreItsArguments() throws Exception {
        Criterion criterion = parse("config.meta.owner:data");
        assertThat(criterion.method()).isEqualTo(Method.CONFIG);
        assertThat(criterion.arguments()).isEqualTo(List.of("meta", "owner"));
    }

    @Test
    void plusSignsReachRelatives() throws Exception {
        assertThat(parse("m").reach()).isEqualTo(Reach.NONE);
        assertThat(parse("+m").reach()).isEqualTo(new Reach(ALL, 0, false));
        assertThat(parse("m+").reach()).isEqualTo(new Reach(0, ALL, false));
        assertThat(parse("2+tag:x+13").reach()).isEqualTo(new Reach(2, 13, false));
        assertThat(parse("0+m+0").reach()).isEqualTo(Reach.NONE);
        assertThat(parse("007+m").reach()).isEqualTo(new Reach(7, 0, false));
        assertThat(parse("99999999999999999999+m").reach()).isEqualTo(new Reach(ALL, 0, false));
        assertThat(parse("@m").reach()).isEqualTo(new Reach(0, 0, true));
        assertThat(parse("@2+m").reach()).isEqualTo(new Reach(2, 0, true));
    }

    @Test
    void aPlusSignElsewhereBelongsToTheValue() throws Exception {
        assertThat(parse("a+b").value()).isEqualTo("a+b");
        assertThat(parse("a++").value()).isEqualTo("a+");
        assertThat(parse("a++").reach().children()).isEqualTo(ALL);
    }

    @Test
    void anAtSignWithDescendantsIsRefused() {
        assertThatThrownBy(() -> parse("@orders+"))
                .isInstanceOf(InvalidSelectionException.class)
                .hasMessage(
                        "--select '@orders+': '@' before and '+' behind cannot stand together; '@'"
                                + " takes in all descendants already");
    }

    @Test
    void aMethodThatDoesNotExistIsRefusedWithTheNearest() {
        assertThatThrownBy(() -> parse("tags:nightly"))
                .hasMessage(
                        "--select 'tags:nightly': there is no method 'tags'; did you mean 'tag'?");
        assertThatThrownBy(() -> parse("quality_of_rows:x"))
                .hasMessageContaining("there is no method 'quality_of_rows'; there are: fqn, tag");
    }

    @Test
    void aCriterionHasABoundedLength() {
        assertThatThrownBy(() -> parse("a".repeat(10_001)))
                .hasMessageContaining("at most 10000 characters");
    }
}
