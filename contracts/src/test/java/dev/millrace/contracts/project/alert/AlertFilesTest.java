package dev.millrace.contracts.project.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.contracts.project.WrittenProject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class AlertFilesTest {

    private static final String CUBES =
            """
            cubes:
              - name: orders
                sql_table: shop.orders
                joins: [{name: shops, relationship: many_to_one, sql: "{CUBE}.s = {shops.id}"}]
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: city, sql: city, type: string}
                  - {name: created_at, sql: created_at, type: time}
                measures: [{name: count, type: count}, {name: revenue, sql: total, type: sum}]
                segments: [{name: paid, sql: "{CUBE}.paid"}]
              - name: shops
                sql_table: shop.shops
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: city, sql: city, type: string}
                  - {name: severity, sql: x, type: string}
            views:
              - name: sales
                cubes: [{join_path: orders, includes: [{name: count, alias: sold}]}]
            """;

    private static final String CHANNEL =
            "channels: [{name: ops, type: webhook, url: \"https://hooks.example/a\"}]\n";

    private static final String MINUTES =
            "[{dimension: orders.created_at, granularity: minute, dateRange: from 30 minutes ago to"
                    + " now}]";

    @Test
    void anAlertIsReadWithAllItsKeys() throws InvalidProjectException {
        AlertModel model =
                project(
                                """
                                channels:
                                  - {name: ops, type: webhook, url: "${HOOK}", format: alertmanager}
                                  - {name: chat, type: webhook, url: "${HOOK}/c", format: slack}
                                  - {name: own, type: webhook, url: "${HOOK}", format: standard-webhooks, secret: "${SECRET}"}
                                alerts:
                                  - name: revenue_low
                                    description: Too little money
                                    labels: {team: growth, level: 3}
                                    query:
                                      measures: [orders.count, orders.revenue]
                                      dimensions: [orders.city, shops.city, shops.severity]
                                      segments: [orders.paid]
                                      filters: [{member: orders.city, operator: equals, values: [Bonn]}]
                                      timeDimensions: [{dimension: orders.created_at, granularity: hour, dateRange: last 6 hours}]
                                      timezone: Europe/Berlin
                                    every: 30s
                                    when: {below: 100.5, measure: orders.revenue, for: 2h, resolve_at: 120, resolve_for: 1h}
                                    calendar: {open: "Mo-Sa 08:00-22:00", timezone: Europe/Berlin, closed: [2026-12-25]}
                                    severity: critical
                                    group_by: [orders.city, team]
                                    group_wait: 30s
                                    repeat_every: 1d
                                    inhibited_by: [orders_stopped]
                                    notify: [ops, chat, own, ops]
                                  - name: orders_stopped
                                    query: {measures: [sales.sold]}
                                    when: {absent: true}
                                    notify: [ops]
                                """)
                        .in(
                                Map.of(
                                        "HOOK",
                                        "https://hooks.example/secret",
                                        "SECRET",
                                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
                        .load()
                        .alerts();

        Alert alert = model.alert("revenue_low").orElseThrow();
        assertThat(alert.labels()).isEqualTo(Map.of("team", "growth", "level", "3"));
        assertThat(alert.dimensions())
                .isEqualTo(
                        Map.of(
                                "orders.city", "orders_city",
                                "shops.city", "shops_city",
                                "shops.severity", "shops_severity"));
        assertThat(alert.query())
                .containsOnlyKeys(
                        "measures",
                        "dimensions",
                        "segments",
                        "filters",
                        "timeDimensions",
                        "timezone");
        assertThat(alert.measure()).isEqualTo("orders.revenue");
        assertThat(alert.granularity()).isEqualTo(Granularity.HOUR);
        assertThat(alert.isAligned()).isTrue();
        assertThat(alert.zone()).hasToString("Europe/Berlin");
        assertThat(alert.every()).isEqualTo(Duration.ofSeconds(30));
        assertThat(alert.condition()).isEqualTo(new Condition.Below(new BigDecimal("100.5")));
        assertThat(alert.holdFor()).isEqualTo(Duration.ofHours(2));
        assertThat(alert.resolveAt()).isEqualTo(new BigDecimal("120"));
        assertThat(alert.resolveFor()).isEqualTo(Duration.ofHours(1));
        BusinessCalendar calendar = Optional.ofNullable(alert.calendar()).orElseThrow();
        assertThat(calendar.isOpen(Instant.parse("2026-11-28T07:00:00Z"))).isTrue();
        assertThat(calendar.isOpen(Instant.parse("2026-12-25T12:00:00Z"))).isFalse();
        assertThat(alert.severity()).isEqualTo(Alert.Severity.CRITICAL);
        assertThat(alert.groupBy()).containsExactly("orders_city", "team");
        assertThat(alert.groupWait()).isEqualTo(Duration.ofSeconds(30));
        assertThat(alert.repeatEvery()).isEqualTo(Duration.ofDays(1));
        assertThat(alert.inhibitedBy()).containsExactly("orders_stopped");
        assertThat(alert.channels()).containsExactly("ops", "chat", "own");
        assertThat(model.channels())
                .extracting(Channel::format)
                .containsExactly(
                        Channel.Format.ALERTMANAGER,
                        Channel.Format.SLACK,
                        Channel.Format.STANDARD_WEBHOOKS);
    }

    @Test
    void whatIsLeftOutHasItsDefault() throws InvalidProjectException {
        Alert alert = one("query: {measures: [orders.count]}, when: {above: 10}");

        assertThat(alert.every()).isEqualTo(Duration.ofSeconds(5));
        assertThat(alert.holdFor()).isZero();
        assertThat(alert.resolveAt()).isNull();
        assertThat(alert.calendar()).isNull();
        assertThat(alert.granularity()).isNull();
        assertThat(alert.isAligned()).isFalse();
        assertThat(alert.severity()).isEqualTo(Alert.Severity.WARNING);
        assertThat(alert.groupWait()).isZero();
        assertThat(alert.repeatEvery()).isEqualTo(Duration.ofHours(4));
        assertThat(
                        one("query: {measures: [orders.count], timeDimensions: "
                                        + MINUTES
                                        + "}, when: {outside_baseline: {}}")
                                .condition())
                .isEqualTo(
                        new Condition.OutsideBaseline(
                                Condition.Season.WEEK, BigDecimal.valueOf(3), 8));
    }

    @Test
    void addressesAndSecretsAreNotInWhatIsLogged() throws InvalidProjectException {
        Project project =
                project(
                                """
                                channels:
                                  - {name: own, type: webhook, url: "https://hooks.example/T0/hidden", format: standard-webhooks, secret: "${S}"}
                                """)
                        .in(Map.of("S", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
                        .load();

        assertThat(project.alerts().toString()).contains("own").doesNotContain("hidden", "MfKQ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {name: x, type: webhook, url: "https://h.example", fromat: slack}     | 1:63: unknown key 'fromat'; did you mean 'format'?
                    {name: x, type: mail, url: "https://h.example"}                       | 1:22: 'mail' is not one of webhook
                    {name: x, type: webhook, url: "ftp://h.example/hidden"}               | 1:37: the url is no address such as https://hooks.example/path
                    {name: x, type: webhook, url: "nonsense hidden"}                      | 1:37: the url is no address such as https://hooks.example/path
                    {name: x, type: webhook}                                              | 1:12: the key 'url' is required here
                    {name: x, type: webhook, url: "http://h", format: slak}               | 1:62: 'slak' is not one of alertmanager, slack, standard-webhooks; did you mean 'slack'?
                    {name: x, type: webhook, url: "http://h", format: standard-webhooks}  | 1:54: the format standard-webhooks needs a 'secret' to sign with
                    {name: x, type: webhook, url: "http://h", secret: hidden}             | 1:54: the secret is no base64 of 24 to 64 bytes, with or without whsec_; make one with: openssl rand -base64 32
                    {name: "x y", type: webhook, url: "http://h"}                         | 1:13: the name must begin with a letter and hold only letters, digits, _ and -, at most 100
                    """)
    void mistakesInAChannelAreToldAtTheirPlace(String channel, String mistake) {
        assertThat(project("channels: [" + channel + "]\n").mistakes())
                .containsExactly("alerts/a.yml:" + mistake);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    query: {measures: [orders.cuont]}, when: {below: 1}                                | there is no measure 'orders.cuont' in the project's cubes; did you mean 'orders.count'?
                    query: {measures: [orders.city]}, when: {below: 1}                                 | 'orders.city' is a dimension, not a measure
                    query: {measures: [orders.count], dimensions: [orders.citi]}, when: {below: 1}     | there is no dimension 'orders.citi' in the project's cubes; did you mean 'orders.city'?
                    query: {measures: [orders.count], segments: [orders.piad]}, when: {below: 1}       | there is no segment 'orders.piad' in the project's cubes; did you mean 'orders.paid'?
                    query: {measures: [orders.count], filters: [{member: orders.x, operator: set}]}, when: {below: 1} | there is no member 'orders.x' in the project's cubes; did you mean 'orders.id'?
                    query: {measures: [orders.count], filters: [{and: [{operator: set}]}]}, when: {below: 1} | the key 'member' is required here
                    query: {measures: [orders.count], limit: 5}, when: {below: 1}                      | unknown key 'limit'; known here: dimensions, filters, measures, segments, timeDimensions, timezone
                    query: {measures: orders.count}, when: {below: 1}                                  | 'measures' is a list
                    query: {measures: []}, when: {below: 1}                                            | the query has at least one measure, whose values are judged
                    query: {measures: [orders.count], timezone: Europe/Berlon}, when: {below: 1}       | 'Europe/Berlon' is no time zone; did you mean 'Europe/Berlin'?
                    query: {measures: [orders.count], timeDimensions: [{dimension: orders.city, dateRange: today}]}, when: {below: 1} | 'orders.city' is a dimension, not a time dimension
                    query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, granularity: minuet, dateRange: today}]}, when: {below: 1} | 'minuet' is not one of second, minute, hour, day, week, month, quarter, year; did you mean 'minute'?
                    query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, granularity: minute}]}, when: {below: 1} | a time dimension with a granularity needs a range, such as 'from 30 minutes ago to now'
                    query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, dateRange: 2026-01-01}]}, when: {below: 1} | the range is not one that moves; write 'from 30 minutes ago to now', 'last 7 days' or 'today'
                    query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, dateRange: [today, today]}]}, when: {below: 1} | an alert looks at a range that moves, such as 'from 1 hour ago to now'
                    query: {measures: [orders.count]}                                                  | an alert says 'when' it fires: {below: 1, for: 5m}
                    query: {measures: [orders.count]}, when: {below: 1, above: 2}                      | there is one condition: below, above, absent or outside_baseline
                    query: {measures: [orders.count]}, when: {for: 5m}                                 | there is one condition: below, above, absent or outside_baseline
                    query: {measures: [orders.count]}, when: {belwo: 1, below: 1}                      | unknown key 'belwo'; did you mean 'below'?
                    query: {measures: [orders.count]}, when: {below: low}                              | 'low' is no number
                    query: {measures: [orders.count]}, when: {below: 1e999999999}                      | '1e999999999' is no number
                    query: {measures: [orders.count]}, when: {below: 1, for: 5min}                     | '5min' is no length of time; write it as in 30s, 5m, 2h
                    query: {measures: [orders.count]}, when: {below: 1, for: 31d}                      | '31d' is not from 0s to 30d, in whole seconds
                    query: {measures: [orders.count]}, when: {below: 1, for: 500ms}                    | '500ms' is not from 0s to 30d, in whole seconds
                    query: {measures: [orders.count]}, when: {below: 5, resolve_at: 4}                 | 'resolve_at' is on the good side of 'below' or 'above': at least the former, at most the latter
                    query: {measures: [orders.count]}, when: {absent: true, resolve_at: 4}             | 'resolve_at' is on the good side of 'below' or 'above': at least the former, at most the latter
                    query: {measures: [orders.count]}, when: {absent: false}                           | 'absent' is true, or is not there
                    query: {measures: [orders.count, orders.revenue]}, when: {below: 5}                | the query has several measures; 'measure' says which one is judged
                    query: {measures: [orders.count]}, when: {below: 5, measure: orders.revenue}       | 'orders.revenue' is no measure of the query
                    query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, dateRange: today}]}, when: {outside_baseline: {history: 2}}          | 'history' is a number of seasons from 3 to 60
                    query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, dateRange: today}]}, when: {outside_baseline: {sensitivity: 0}}      | 'sensitivity' is more than 0; 3 is usual
                    query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, dateRange: today}]}, when: {outside_baseline: {season: month}}       | 'month' is not one of day, week
                    query: {measures: [orders.count]}, when: {outside_baseline: {}}                    | to compare with earlier seasons, the query needs a time dimension with a range
                    query: {measures: [orders.count]}, when: {below: 1}, every: 100ms                  | '100ms' is not from 1s to 1d, in whole seconds
                    query: {measures: [orders.count]}, when: {below: 1}, severity: critcal             | 'critcal' is not one of info, warning, critical; did you mean 'critical'?
                    query: {measures: [orders.count]}, when: {below: 1}, calendar: {open: Mo 8-9}      | '8-9' is no span of time; write it as in 08:00-22:00
                    query: {measures: [orders.count]}, when: {below: 1}, calendar: {open: 24/7, closed: [25.12.]} | '25.12.' is no date; write it as in 2026-12-25
                    query: {measures: [orders.count]}, when: {below: 1}, labels: {a-b: x}              | the label 'a-b' must hold only letters, digits and _
                    query: {measures: [orders.count]}, when: {below: 1}, labels: {alertname: x}        | the label 'alertname' is set already
                    query: {measures: [orders.count], dimensions: [orders.city]}, when: {below: 1}, labels: {city: x} | the label 'city' is a dimension of the query
                    query: {measures: [orders.count]}, when: {below: 1}, group_by: [citty]             | there is no dimension or label 'citty'
                    query: {measures: [orders.count]}, when: {below: 1}, inhibited_by: [other]         | there is no alert 'other'
                    query: {measures: [orders.count]}, when: {below: 1}, inhibited_by: [a]             | the alert 'a' is inhibited by itself, so that nobody would be told
                    query: {measures: [orders.count]}, when: {below: 1}, notfy: [ops]                  | unknown key 'notfy'; did you mean 'notify'?
                    """)
    void mistakesInAnAlertAreExplained(String alert, String message) {
        assertThat(
                        project(CHANNEL + "alerts: [{name: a, notify: [ops], " + alert + "}]\n")
                                .mistakes())
                .singleElement()
                .asString()
                .startsWith("alerts/a.yml:2:")
                .endsWith(": " + message);
    }

    @Test
    void aChannelThatIsNotThereIsToldWithTheNearest() {
        assertThat(
                        project(
                                        CHANNEL
                                                + """
                                                alerts:
                                                  - name: a
                                                    query: {measures: [orders.count]}
                                                    when: {below: 1}
                                                    notify: [obs]
                                                """)
                                .mistakes())
                .containsExactly(
                        "alerts/a.yml:6:14: there is no channel 'obs'; did you mean 'ops'?");
    }

    @Test
    void anAlertThatTellsNobodyIsAMistake() {
        assertThat(
                        project(
                                        "alerts: [{name: a, query: {measures: [orders.count]},"
                                                + " when: {below: 1}}]")
                                .mistakes())
                .containsExactly(
                        "alerts/a.yml:1:10: an alert says whom to tell: 'notify' names channels");
    }

    @Test
    void aNameIsTakenOnceInAllFiles() {
        String alert =
                "alerts: [{name: a, query: {measures: [orders.count]}, when: {below: 1}, notify:"
                        + " [ops]}]\n";

        assertThat(project(CHANNEL + alert).with("alerts/b.yaml", CHANNEL + alert).mistakes())
                .containsExactly(
                        "alerts/b.yaml:1:13: the name 'ops' is taken by the channel at"
                                + " alerts/a.yml:1:13",
                        "alerts/b.yaml:2:11: the name 'a' is taken by the alert at"
                                + " alerts/a.yml:2:11");
    }

    /** Two that keep each other silent would tell nobody of anything. */
    @Test
    void alertsDoNotInhibitEachOtherInACircle() {
        String rest = "query: {measures: [orders.count]}, when: {below: 1}, notify: [ops]}\n";

        assertThat(
                        project(
                                        CHANNEL
                                                + "alerts:\n"
                                                + "  - {name: a, inhibited_by: [b], "
                                                + rest
                                                + "  - {name: b, inhibited_by: [c], "
                                                + rest
                                                + "  - {name: c, inhibited_by: [a], "
                                                + rest
                                                + "  - {name: d, inhibited_by: [a], "
                                                + rest)
                                .mistakes())
                .hasSize(3)
                .allSatisfy(m -> assertThat(m).contains("is inhibited by itself"));
    }

    @Test
    void aBucketIsNotLongerThanTheSeasonItIsComparedIn() {
        assertThat(
                        project(
                                        CHANNEL
                                                + "alerts: [{name: a, notify: [ops], when:"
                                                + " {outside_baseline: {season: day}}, query:"
                                                + " {measures: [orders.count], timeDimensions:"
                                                + " [{dimension: orders.created_at, granularity:"
                                                + " week, dateRange: last 3 weeks}]}}]")
                                .mistakes())
                .singleElement()
                .asString()
                .endsWith("a week is longer than the season, a day");
    }

    /** Between two buckets there is nothing to be seen, so that it would fire late. */
    @Test
    void aTimeBetweenTwoBucketsIsRounded() {
        assertThat(
                        project(
                                        CHANNEL
                                                + "alerts: [{name: a, notify: [ops], when: {below:"
                                                + " 1, for: 90s}, query: {measures: [orders.count],"
                                                + " timeDimensions: "
                                                + MINUTES
                                                + "}}]")
                                .mistakes())
                .singleElement()
                .asString()
                .endsWith("'90s' is not a whole number of the query's minutes; write 2m");
    }

    @Test
    void aVariableThatIsNotSetIsAMistake() {
        assertThat(
                        project(
                                        "channels: [{name: x, type: webhook, url:"
                                                + " \"https://h.example/${NOPE}\"}]")
                                .mistakes())
                .containsExactly(
                        "alerts/a.yml:1:42: the environment variable NOPE is not set; export it for"
                                + " the service that reads this file");
    }

    @Test
    void aServiceThatUsesNoAlertsDoesNotMindThem() throws InvalidProjectException {
        assertThat(project("alerts: [{nonsense: 1}]").readBy(Kind.CUBES).load().alerts())
                .isEqualTo(AlertModel.EMPTY);
    }

    @Test
    void anAlertMayBeReadBesideAProject() throws InvalidProjectException {
        Project project = project(CHANNEL).load();
        Problems problems = new Problems();

        Optional<Alert> json =
                AlertFiles.one(
                        """
                        {"name": "tried", "query": {"measures": ["orders.count"]},
                         "when": {"below": 1}, "notify": ["ops"], "description": "${HOME}"}\
                        """,
                        project.alerts(),
                        project.cubes(),
                        problems);

        assertThat(json).map(Alert::description).contains("${HOME}");
        assertThat(
                        AlertFiles.one(
                                "{name: x, query: {measures: [no.such]}, when: {below: 1}, notify:"
                                        + " [no]}",
                                project.alerts(),
                                project.cubes(),
                                problems))
                .isEmpty();
        assertThat(problems.list()).hasSize(2);
    }

    private static Alert one(String keys) throws InvalidProjectException {
        List<Alert> alerts =
                project(CHANNEL + "alerts: [{name: a, notify: [ops], " + keys + "}]\n")
                        .load()
                        .alerts()
                        .alerts();
        return alerts.getFirst();
    }

    private static WrittenProject project(String alerts) {
        return WrittenProject.of("model/cubes/a.yml", CUBES)
                .with("alerts/a.yml", alerts)
                .readBy(Kind.ALERTS);
    }
}
