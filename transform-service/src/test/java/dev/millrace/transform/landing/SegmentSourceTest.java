package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.landing.LandingStage.Message;

import org.junit.jupiter.api.Test;

import java.time.Instant;

class SegmentSourceTest {

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");

    private static Message identify(String id, int second, String traits) {
        return new Message(
                "identifies",
                id,
                AT.plusSeconds(second),
                "{\"type\": \"identify\", \"messageId\": \"%s\", \"userId\": \"u1\", \"traits\": %s}"
                        .formatted(id, traits));
    }

    @Test
    void aTrackLandsInItsEventsTableAndWithoutItsPropertiesInTracks() {
        try (LandingStage stage = LandingStage.segment()) {
            stage.land(
                    new Message(
                            "order_completed",
                            "m1",
                            AT,
                            """
                            {"type": "track", "event": "Order Completed", "messageId": "m1",
                             "userId": "u1", "anonymousId": "a1", "integrations": {"All": true},
                             "timestamp": "2026-01-02T03:04:05.678Z",
                             "sentAt": "2026-01-02T03:04:06.000Z",
                             "receivedAt": "2026-01-02T03:04:06.100Z",
                             "context": {"ip": "1.2.3.4", "page": {"url": "https://x/"}},
                             "properties": {"orderId": "o-9", "revenue": 15,
                               "products": [{"sku": "s"}], "id": 3}}\
                            """));

            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', id, event, event_text, user_id,
                                      anonymous_id, context_ip, context_page_url, order_id,
                                      revenue, products, _id,
                                      "timestamp" AT TIME ZONE 'UTC') FROM $S.order_completed\
                                    """))
                    .isEqualTo(
                            "[m1|order_completed|Order Completed|u1|a1|1.2.3.4|https://x/|o-9|15|"
                                    + "[{\"sku\": \"s\"}]|3|2026-01-02 03:04:05.678]");
            assertThat(
                            stage.one(
                                    """
                                    SELECT string_agg(column_name, ' ' ORDER BY column_name)
                                    FROM information_schema.columns
                                    WHERE table_schema = '$S' AND table_name = 'tracks'\
                                    """))
                    .isEqualTo(
                            "[_mr_event_at _mr_extra _mr_id _mr_ingested_at _mr_loaded_at"
                                + " anonymous_id context_ip context_page_url event event_text id"
                                + " received_at sent_at timestamp user_id]");
            assertThat(
                            stage.one(
                                    """
                                    SELECT data_type FROM information_schema.columns
                                    WHERE table_schema = '$S' AND column_name = 'revenue'\
                                    """))
                    .isEqualTo("[numeric]");
        }
    }

    @Test
    void lateTraitsFillGapsAndNeverOverwriteNewerOnes() {
        try (LandingStage stage = LandingStage.segment()) {
            stage.land(
                    identify("m1", 10, "{\"plan\": \"gold\", \"city\": \"Rome\"}"),
                    identify("m2", 20, "{\"plan\": \"black\"}"));
            stage.land(identify("m3", 5, "{\"plan\": \"free\", \"age\": 30}"));
            stage.land(identify("m4", 15, "{\"plan\": \"silver\", \"city\": \"Oslo\"}"));

            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', id, user_id, plan, city, age,
                                      _mr_event_at AT TIME ZONE 'UTC') FROM $S.users\
                                    """))
                    .isEqualTo("[u1|u1|black|Oslo|30|2026-01-02 03:04:25.678]");
            assertThat(stage.count("identifies")).isEqualTo(4);
        }
    }

    @Test
    void aTraitOfAnotherTypeTakesThePlaceOfTheOlderOne() {
        try (LandingStage stage = LandingStage.segment()) {
            stage.land(identify("m1", 1, "{\"age\": 30}"));
            stage.land(identify("m2", 2, "{\"age\": \"thirty\"}"));

            assertThat(
                            stage.one(
                                    """
                                    SELECT coalesce(age::text, 'none') || '|' || age__v_text
                                    FROM $S.users\
                                    """))
                    .isEqualTo("[none|thirty]");
        }
    }

    @Test
    void aRetriedIdentifyWithAnotherSkewHasNoSecondSay() {
        try (LandingStage stage = LandingStage.segment()) {
            stage.land(identify("m1", 1, "{\"plan\": \"gold\"}"));
            stage.land(identify("m2", 2, "{\"plan\": \"black\"}"));
            stage.land(identify("m1", 3, "{\"plan\": \"gold\"}"));

            assertThat(stage.one("SELECT plan FROM $S.users")).isEqualTo("[black]");
            assertThat(stage.count("identifies")).isEqualTo(2);
        }
    }

    @Test
    void aGroupLandsInGroupsAndItsTraitsInAccounts() {
        try (LandingStage stage = LandingStage.segment()) {
            stage.land(
                    new Message(
                            "groups",
                            "m1",
                            AT,
                            """
                            {"groupId": "g1", "userId": "u1",
                             "traits": {"name": "ACME", "employees": 7}}\
                            """));

            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', g.group_id, g.name, a.id, a.employees)
                                    FROM $S.groups g JOIN $S.accounts a USING (group_id)\
                                    """))
                    .isEqualTo("[g1|ACME|g1|7]");
        }
    }

    @Test
    void pagesScreensAndAliasesHaveTheirTables() {
        try (LandingStage stage = LandingStage.segment()) {
            stage.land(
                    new Message(
                            "pages",
                            "m1",
                            AT,
                            """
                            {"name": "Home", "userId": "u1",
                             "properties": {"name": "Home", "path": "/"}}\
                            """),
                    new Message("screens", "m2", AT, "{\"name\": \"Main\", \"userId\": \"u1\"}"),
                    new Message(
                            "aliases", "m3", AT, "{\"previousId\": \"a\", \"userId\": \"u1\"}"));

            assertThat(stage.one("SELECT concat_ws('|', name, path) FROM $S.pages"))
                    .isEqualTo("[Home|/]");
            assertThat(stage.one("SELECT name FROM $S.screens")).isEqualTo("[Main]");
            assertThat(stage.one("SELECT concat_ws('|', previous_id, user_id) FROM $S.aliases"))
                    .isEqualTo("[a|u1]");
        }
    }

    @Test
    void memberNamesThatWantTheSameColumnShareItUntilARecordHasBoth() {
        try (LandingStage stage = LandingStage.segment()) {
            stage.land(
                    new Message("clicked", "m1", AT, "{\"properties\": {\"userName\": \"a\"}}"),
                    new Message("clicked", "m2", AT, "{\"properties\": {\"user_name\": \"b\"}}"),
                    new Message(
                            "clicked",
                            "m3",
                            AT,
                            "{\"properties\": {\"userName\": \"c\", \"user_name\": \"d\"}}"));

            assertThat(stage.one("SELECT user_name FROM $S.clicked ORDER BY _mr_id"))
                    .isEqualTo("[a, b, d]");
            String apart =
                    stage.one(
                            """
                            SELECT column_name FROM information_schema.columns
                            WHERE table_schema = '$S' AND column_name LIKE 'user_name_%'\
                            """);
            assertThat(apart).matches("\\[user_name_[0-9a-f]{8}]");
            assertThat(
                            stage.one(
                                    "SELECT "
                                            + apart.substring(1, apart.length() - 1)
                                            + " FROM $S.clicked WHERE _mr_id = 'm3'"))
                    .isEqualTo("[c]");
        }
    }

    @Test
    void aDeclaredEventTimeIsTakenFromTheProperties() {
        try (LandingStage stage =
                LandingStage.segment(
                        "streams: [{name: order_completed, event_time: properties.ordered_at}]")) {
            stage.land(
                    new Message(
                            "order_completed",
                            "m1",
                            AT,
                            "{\"properties\": {\"ordered_at\": \"2025-05-05T05:05:05Z\"}}"));

            assertThat(stage.one("SELECT _mr_event_at AT TIME ZONE 'UTC' FROM $S.order_completed"))
                    .isEqualTo("[2025-05-05 05:05:05]");
        }
    }

    @Test
    void aMessageWithoutItsHeadersOrItsJsonIsQuarantinedAsItCame() {
        try (LandingStage stage = LandingStage.segment()) {
            stage.land(
                    new Message("clicked", "m1", AT, "{\"properties\": {}}"),
                    new Message("clicked", "m2", AT, "{\"properties\": {"),
                    new Message("clicked", "m3", AT, "[]"));

            assertThat(stage.count("clicked")).isEqualTo(1);
            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', source = '$S', stream, reason,
                                      convert_from(value, 'UTF8'),
                                      jsonb_path_query_first(headers,
                                        '$[*] ? (@.name == "ce_id").value') #>> '{}',
                                      record_offset)
                                    FROM transform.quarantine ORDER BY id\
                                    """))
                    .isEqualTo(
                            "[t|clicked|malformed|{\"properties\": {|m2|1,"
                                    + " t|clicked|malformed|[]|m3|2]");
        }
    }
}
