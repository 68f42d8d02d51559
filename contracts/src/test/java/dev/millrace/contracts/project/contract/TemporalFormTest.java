package dev.millrace.contracts.project.contract;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

class TemporalFormTest {

    @Property
    void everyDayIsReadInItsFormat(@ForAll @IntRange(min = -719_162, max = 2_932_896) int day) {
        TemporalForm form = new TemporalForm(LogicalType.DATE, "dd.MM.yyyy", null, null);
        String text = LocalDate.ofEpochDay(day).format(DateTimeFormatter.ofPattern("dd.MM.uuuu"));

        assertThat(form.position(text)).isEqualTo(day);
    }

    @Test
    void aDayThatNoCalendarHasIsNotBent() {
        TemporalForm form = new TemporalForm(LogicalType.DATE, "dd.MM.yyyy", null, null);

        assertThat(form.position("30.02.2026")).isNull();
        assertThat(form.position("2026-02-28")).isNull();
    }

    @Test
    void aFormatWithoutAZoneMakesTimestampsWithoutOne() {
        TemporalForm plain =
                new TemporalForm(LogicalType.TIMESTAMP, "yyyy-MM-dd HH:mm", null, null);
        TemporalForm zoned =
                new TemporalForm(LogicalType.TIMESTAMP, "yyyy-MM-dd HH:mmXXX", null, null);
        TemporalForm utc = new TemporalForm(LogicalType.TIMESTAMP, "yyyy-MM-dd HH:mm", true, null);

        assertThat(plain.isZoned()).isFalse();
        assertThat(plain.position("1970-01-01 00:01")).isEqualTo(60_000_000);
        assertThat(zoned.position("1970-01-01 01:01+01:00")).isEqualTo(60_000_000);
        assertThat(utc.isZoned()).isTrue();
        assertThat(utc.position("1970-01-01 00:01")).isEqualTo(60_000_000);
    }

    @Test
    void aDefaultZoneIsForTextsThatNameNone() {
        TemporalForm form =
                new TemporalForm(LogicalType.TIMESTAMP, null, null, ZoneId.of("Europe/Berlin"));

        assertThat(form.position("1970-01-01T01:00:00.5")).isEqualTo(500_000);
        assertThat(form.position("1970-01-01T01:00Z")).isEqualTo(3_600_000_000L);
        assertThat(form.position("1970-01-01")).isNull();
    }

    @Test
    void aTimestampWithoutAZoneTakesNoTextWithOne() {
        TemporalForm form = new TemporalForm(LogicalType.TIMESTAMP, null, false, null);

        assertThat(form.position("1970-01-01T00:00:01")).isEqualTo(1_000_000);
        assertThat(form.position("1970-01-01T00:00:01Z")).isNull();
    }

    @Property
    void anyTextIsReadOrNot(@ForAll String text) {
        new TemporalForm(LogicalType.TIMESTAMP, null, null, null).position(text);
        new TemporalForm(LogicalType.TIME, "HH:mm:ss", null, null).position(text);
    }
}
