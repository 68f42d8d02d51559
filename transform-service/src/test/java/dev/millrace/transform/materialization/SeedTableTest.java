package dev.millrace.transform.materialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.SeedTable.Format;

import org.junit.jupiter.api.Test;

import java.util.Map;

class SeedTableTest {

    private static final RelationName NAME = new RelationName("s", "t");

    private static SeedTable quoted(String csv) throws BuildFailedException {
        return SeedTable.parse(csv, new Format(',', Map.of(), true));
    }

    private static SeedTable unquoted(String csv) throws BuildFailedException {
        return SeedTable.parse(csv, new Format(',', Map.of(), false));
    }

    @Test
    void namesOfColumnsAreQuotedUnlessTheProjectSaysOtherwise() throws Exception {
        String csv = "Id,Full Name\n1,x\n";

        assertThat(quoted(csv).create(NAME))
                .isEqualTo(
                        "CREATE TABLE " + NAME.quoted() + " (\"Id\" integer, \"Full Name\" text)");
        assertThat(unquoted(csv).names()).containsExactly("id", "Full Name");
    }

    @Test
    void aDeclaredTypeIsThatOfTheColumnAndItsValuesStayAsTheyAre() throws Exception {
        SeedTable seed =
                SeedTable.parse("Zip,n\n007,1\n", new Format(',', Map.of("Zip", "text"), false));

        assertThat(seed.create(NAME))
                .isEqualTo("CREATE TABLE " + NAME.quoted() + " (\"zip\" text, \"n\" integer)");
        assertThat(seed.rows()).isEqualTo("\"007\",\"1\"\n");
    }

    @Test
    void numbersThatAnIntegerCannotHoldGetATypeThatDoes() throws Exception {
        assertThat(quoted("n\n2147483647\n").types()).containsExactly("integer");
        assertThat(quoted("n\n2147483648\n").types()).containsExactly("bigint");
        assertThat(quoted("n\n9223372036854775808\n").types()).containsExactly("numeric");
    }

    @Test
    void nothingIsNotAnEmptyText() throws Exception {
        assertThat(quoted("a,b\nx,\n\"\",null\n").rows()).isEqualTo("\"x\",\n,\n");
    }

    @Test
    void aNumberOfTooManyDigitsIsNotWrittenOut() throws Exception {
        assertThat(quoted("n\n1e999999\n").rows()).isEqualTo("\"1E+999999\"\n");
        assertThat(quoted("n\n1e9999999\n").types()).containsExactly("text");
    }

    @Test
    void aFileWithoutAHeaderIsRefused() {
        for (String csv : new String[] {"", "\n", "\na\n1\n", "\uFEFF"}) {
            assertThatThrownBy(() -> quoted(csv))
                    .isInstanceOf(BuildFailedException.class)
                    .hasMessageContaining("the first line is empty; it names the columns");
        }
    }

    @Test
    void aRowWithMoreValuesThanColumnsIsRefusedAndShown() {
        assertThatThrownBy(() -> quoted("a,b\n1,2\n3,4,5\n"))
                .hasMessageContaining("row 2 has 3 values for 2 columns")
                .hasMessageContaining("a value with a delimiter in it needs quotes");
    }
}
