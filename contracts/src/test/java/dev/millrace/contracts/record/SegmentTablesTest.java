package dev.millrace.contracts.record;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentTablesTest {

    @ParameterizedTest
    @CsvSource({
        "Order Completed, order_completed",
        "2fa enabled, _2fa_enabled",
        "Users, _users",
        "tracks, _tracks",
        "Accounts, _accounts",
        "Pages, _pages",
        "identifies, _identifies",
        "user, user"
    })
    void anEventNeverSharesATableOfTheLayout(String event, String stream) {
        assertThat(SegmentTables.streamOfEvent(event)).isEqualTo(stream);
    }

    @ParameterizedTest
    @CsvSource({
        "users, _users",
        "tracks, _tracks",
        "accounts, _accounts",
        "pages, pages",
        "groups, groups",
        "order_completed, order_completed"
    })
    void aRecordThatNoDoorWroteCannotNameATableThatLandingMakes(String stream, String table) {
        assertThat(SegmentTables.tableOfStream(stream)).isEqualTo(table);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"pages", "identifies", "_users", "_pages", "_2fa_enabled", "größe", "_xmin"})
    void whatTheDoorMakesIsAStream(String name) {
        assertThat(SegmentTables.isStream(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"users", "tracks", "Order", "order completed", "2fa", "__users", "_a"})
    void whatTheDoorNeverMakesIsNoStream(String name) {
        assertThat(SegmentTables.isStream(name)).isFalse();
    }

    @Property
    void theStreamOfEveryEventCanBeDeclared(@ForAll String event) {
        String stream = SegmentTables.streamOfEvent(event);

        assertThat(SegmentTables.isStream(stream)).isTrue();
        assertThat(SegmentTables.OF_CALLS).doesNotContain(stream);
        assertThat(SegmentTables.tableOfStream(stream)).isEqualTo(stream);
    }
}
