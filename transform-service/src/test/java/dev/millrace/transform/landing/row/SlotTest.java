package dev.millrace.transform.landing.row;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlotTest {

    @Test
    void oneBrokenValueAmongTheFirstDoesNotMakeTextOfAnAmount() {
        Slot total = slot(null, ColumnType.TEXT, ColumnType.NUMERIC, ColumnType.NUMERIC);

        assertThat(total.type()).isEqualTo(ColumnType.NUMERIC);
        assertThat(total.firstRecord(ColumnType.TEXT)).isZero();
    }

    @Test
    void wholeNumbersAndDecimalsAreCountedTogether() {
        Slot total =
                slot(
                        null,
                        ColumnType.TEXT,
                        ColumnType.BIGINT,
                        ColumnType.TEXT,
                        ColumnType.NUMERIC,
                        ColumnType.BIGINT);

        assertThat(total.type()).isEqualTo(ColumnType.NUMERIC);
    }

    @Test
    void textStaysTextWhenSomeOfItLooksLikeANumber() {
        assertThat(slot(null, ColumnType.BIGINT, ColumnType.TEXT, ColumnType.TEXT).type())
                .isEqualTo(ColumnType.TEXT);
        assertThat(slot(null, ColumnType.BIGINT, ColumnType.TEXT).type())
                .isEqualTo(ColumnType.TEXT);
    }

    @Test
    void textThatSometimesLooksLikeATimeStaysText() {
        assertThat(
                        slot(null, ColumnType.TIMESTAMPTZ, ColumnType.TIMESTAMPTZ, ColumnType.TEXT)
                                .type())
                .isEqualTo(ColumnType.TEXT);
    }

    @Test
    void numbersAndBooleansHaveNothingInCommonButText() {
        assertThat(
                        slot(
                                        null,
                                        ColumnType.BIGINT,
                                        ColumnType.BOOLEAN,
                                        ColumnType.BIGINT,
                                        ColumnType.TEXT)
                                .type())
                .isEqualTo(ColumnType.TEXT);
    }

    @Test
    void aDeclaredTypeIsTaken() {
        assertThat(slot(ColumnType.TIMESTAMPTZ, ColumnType.TEXT).type())
                .isEqualTo(ColumnType.TIMESTAMPTZ);
    }

    private static Slot slot(@Nullable ColumnType declared, ColumnType... seen) {
        Slot slot = new Slot("total", "properties.total", declared);
        for (int record = 0; record < seen.length; record++) {
            slot.saw(seen[record], record);
        }
        return slot;
    }
}
