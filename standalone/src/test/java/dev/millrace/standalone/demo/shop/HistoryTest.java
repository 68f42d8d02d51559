package dev.millrace.standalone.demo.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.standalone.demo.shop.Nature.Fate;

import org.junit.jupiter.api.Test;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class HistoryTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final History HISTORY = History.of(42);

    @Test
    void theSameSeedTellsTheSameHistoryToTheByte() {
        assertThat(History.of(42).parcels()).isEqualTo(HISTORY.parcels());
    }

    @Test
    void anotherSeedTellsAnotherHistory() {
        History other = History.of(43);

        assertThat(other.rows()).isNotEqualTo(HISTORY.rows());
        assertThat(Collections.disjoint(ids(other), ids(HISTORY))).isTrue();
    }

    @Test
    void negativeSeedsAreAsGoodAsOthers() {
        assertThat(History.of(-1).prefix()).isEqualTo("s18446744073709551615");
        assertThat(History.of(-1).messages()).isGreaterThan(10_000);
    }

    @Test
    void thereIsEnoughToSeeAndNotTooMuchToWaitFor() {
        assertThat(HISTORY.messages()).isBetween(20_000, 50_000);
        assertThat(HISTORY.rows().keySet())
                .containsExactlyInAnyOrder(
                        "fleet.deliveries",
                        "mail.email_opened",
                        "web.identifies",
                        "web.lead_captured",
                        "web.logged_in",
                        "web.order_completed",
                        "web.pages",
                        "web.signed_up");
        assertThat(HISTORY.rows().values()).allSatisfy(n -> assertThat(n).isGreaterThan(250));
    }

    @Test
    void everyNatureOccurs() {
        assertThat(HISTORY.natures()).containsOnlyKeys(Nature.values());
    }

    @Test
    void aFewInAHundredAreLateOrDuplicatesAndVeryFewAreBroken() {
        Map<Nature, Integer> natures = HISTORY.natures();
        int all = HISTORY.messages();

        assertThat(natures.getOrDefault(Nature.LATE, 0) * 100.0 / all).isBetween(2.0, 4.0);
        assertThat(natures.getOrDefault(Nature.DUPLICATE, 0) * 100.0 / all).isBetween(2.0, 8.0);
        assertThat(broken().count() * 100.0 / all).isBetween(0.1, 1.0);
    }

    @Test
    void aDuplicateIsTheSameBytesAsWhatWasSentBefore() {
        Map<String, String> sent = new HashMap<>();
        messages()
                .forEach(
                        message -> {
                            String before = sent.put(message.id(), message.body());
                            if (message.nature() == Nature.DUPLICATE) {
                                assertThat(before).isEqualTo(message.body());
                            } else if (message.nature().fate() == Fate.LANDS) {
                                assertThat(before).isNull();
                            }
                        });
    }

    @Test
    void someDuplicatesComeInLaterParcelsAndSomeInTheSame() {
        int same = 0;
        int later = 0;
        Set<String> before = new HashSet<>();
        for (Parcel parcel : HISTORY.parcels()) {
            for (Message message : parcel.messages()) {
                if (message.nature() == Nature.DUPLICATE) {
                    later += before.contains(message.id()) ? 1 : 0;
                    same += before.contains(message.id()) ? 0 : 1;
                }
            }
            parcel.messages().forEach(message -> before.add(message.id()));
        }
        assertThat(same).isGreaterThan(100);
        assertThat(later).isGreaterThan(100);
    }

    @Test
    void lateMessagesWereWrittenAtLeastAnHourBeforeTheyAreSent() {
        assertThat(messages().filter(m -> m.nature() == Nature.LATE && m.door() != Door.FLEET))
                .allSatisfy(
                        m -> {
                            Instant at =
                                    Instant.parse(
                                            JSON.readTree(m.body()).path("timestamp").asString());
                            assertThat(Duration.between(at, m.at()))
                                    .isGreaterThanOrEqualTo(Duration.ofHours(1));
                        });
    }

    @Test
    void messagesAreSentInTheOrderOfTheShopsClock() {
        for (Door door : Door.values()) {
            List<Instant> at =
                    HISTORY.parcels().stream()
                            .filter(p -> p.door() == door && p.nature() == Nature.ORDINARY)
                            .map(p -> p.messages().getFirst().at())
                            .toList();
            assertThat(at).isSorted();
        }
    }

    @Test
    void noParcelIsLargerThanOneBatchMayBe() {
        assertThat(HISTORY.parcels())
                .allSatisfy(
                        parcel -> {
                            assertThat(parcel.messages()).hasSizeBetween(1, 250);
                            int bytes = parcel.messages().stream().mapToInt(Message::bytes).sum();
                            assertThat(bytes + parcel.messages().size()).isLessThan(480_000);
                        });
    }

    @Test
    void whatDecidesTheFateOfARequestTravelsAlone() {
        assertThat(HISTORY.parcels())
                .filteredOn(parcel -> parcel.nature() != Nature.ORDINARY)
                .allSatisfy(parcel -> assertThat(parcel.messages()).hasSize(1));
    }

    @Test
    void parcelsAreNumberedFromOneWithoutAGap() {
        for (int i = 0; i < HISTORY.parcels().size(); i++) {
            assertThat(HISTORY.parcels().get(i).number()).isEqualTo(i + 1);
        }
    }

    @Test
    void everythingHappensWithinTheThirteenWeeksExceptTheLastDeliveries() {
        assertThat(bodies(m -> m.nature().fate() == Fate.LANDS && m.door() != Door.FLEET))
                .allSatisfy(
                        call -> {
                            Instant at = Instant.parse(call.path("timestamp").asString());
                            assertThat(at).isBefore(Season.END);
                            assertThat(at).isAfter(Season.START.minus(Duration.ofMinutes(30)));
                        });
    }

    @Test
    void callsSayNotWhenTheyAreSentSoThatNoClockIsCorrected() {
        assertThat(bodies(m -> m.door() != Door.FLEET && m.nature().fate() == Fate.LANDS))
                .noneMatch(call -> call.has("sentAt"));
    }

    @Test
    void totalsAreTheSumOfItemsShippingAndDiscountToTheCent() {
        assertThat(orders())
                .isNotEmpty()
                .allSatisfy(
                        order -> {
                            BigDecimal items = BigDecimal.ZERO;
                            for (JsonNode item : order.path("items")) {
                                items =
                                        items.add(
                                                item.path("price")
                                                        .decimalValue()
                                                        .multiply(
                                                                item.path("quantity")
                                                                        .decimalValue()));
                            }
                            assertThat(order.path("subtotal").decimalValue())
                                    .isEqualByComparingTo(items);
                            assertThat(order.path("total").decimalValue())
                                    .isEqualByComparingTo(
                                            items.add(order.path("shipping").decimalValue())
                                                    .subtract(
                                                            order.path("discount").decimalValue()));
                        });
    }

    @Test
    void pricesAreWrittenWithTwoDigits() {
        assertThat(messages().filter(m -> m.stream().equals("order_completed")).limit(500))
                .filteredOn(m -> m.nature() == Nature.ORDINARY)
                .allSatisfy(
                        m -> assertThat(m.body()).containsPattern("\"total\":\\d+\\.\\d\\d[,}]"));
    }

    @Test
    void orderIdsAndLeadsAreUnique() {
        List<String> orders = orders().map(o -> o.path("order_id").asString()).toList();
        assertThat(orders).doesNotHaveDuplicates();
        assertThat(firsts("lead_captured").map(c -> c.at("/properties/lead_id").asString()))
                .doesNotHaveDuplicates();
    }

    @Test
    void everyoneWhoLogsInOrOrdersHasSignedUp() {
        Set<String> signedUp =
                firsts("signed_up")
                        .map(c -> c.path("userId").asString())
                        .collect(Collectors.toSet());
        assertThat(firsts("logged_in").map(c -> c.path("userId").asString()))
                .allMatch(signedUp::contains);
        assertThat(firsts("order_completed").map(c -> c.path("userId").asString()))
                .allMatch(signedUp::contains);
    }

    @Test
    void manyCustomersStayAwayForThirtyDaysAndManyDoNot() {
        Instant cut = Season.END.minus(Duration.ofDays(30));
        Set<String> everyone = new TreeSet<>();
        firsts("signed_up")
                .filter(c -> Instant.parse(c.path("timestamp").asString()).isBefore(cut))
                .forEach(c -> everyone.add(c.path("userId").asString()));
        Set<String> seen = new TreeSet<>();
        firsts("logged_in")
                .filter(c -> Instant.parse(c.path("timestamp").asString()).isAfter(cut))
                .forEach(c -> seen.add(c.path("userId").asString()));
        int all = everyone.size();
        everyone.removeAll(seen);

        assertThat(everyone.size()).isBetween(all / 10, all * 8 / 10);
    }

    @Test
    void citiesDifferInSizeAndAllHaveSignUps() {
        Map<String, Long> cities =
                firsts("signed_up")
                        .collect(
                                Collectors.groupingBy(
                                        c -> c.at("/properties/city").asString(),
                                        Collectors.counting()));
        assertThat(cities).containsOnlyKeys(Town.cities());
        assertThat(cities.getOrDefault("Berlin", 0L))
                .isGreaterThan(2 * cities.getOrDefault("Zürich", 0L));
    }

    @Test
    void theCupFinalBringsMoreThanAnOrderAMinute() {
        Instant from = Season.CUP_FINAL;
        assertThat(firsts("order_completed"))
                .filteredOn(
                        c -> {
                            Instant at = Instant.parse(c.path("timestamp").asString());
                            return !at.isBefore(from) && at.isBefore(from.plusSeconds(3600));
                        })
                .hasSizeGreaterThan(60);
    }

    @Test
    void someLeadsNeverVisitedAndSomeOpenedNoMail() {
        Set<String> visitors =
                firsts("pages")
                        .map(c -> c.path("anonymousId").asString())
                        .collect(Collectors.toSet());
        Set<String> readers =
                firsts("email_opened")
                        .map(c -> c.at("/properties/email").asString())
                        .collect(Collectors.toSet());

        assertThat(firsts("lead_captured"))
                .anyMatch(c -> visitors.contains(c.path("anonymousId").asString()))
                .anyMatch(c -> !visitors.contains(c.path("anonymousId").asString()))
                .anyMatch(c -> readers.contains(c.at("/properties/email").asString()))
                .anyMatch(c -> !readers.contains(c.at("/properties/email").asString()));
    }

    @Test
    void theBytesOfTheNoisyTruckAreNotJson() {
        assertThat(messages().filter(m -> m.nature() == Nature.INVALID_JSON))
                .isNotEmpty()
                .allSatisfy(m -> assertThat(isJson(m.body())).isFalse());
    }

    @Test
    void restaurantsHaveNamesOfTheirOwn() {
        Town town = new Town(new SplittableRandom(7));
        assertThat(town.restaurants()).extracting(Restaurant::name).doesNotHaveDuplicates();
        assertThat(town.restaurantsIn("Köln")).hasSize(7);
    }

    private static boolean isJson(String text) {
        try {
            JSON.readTree(text);
            return true;
        } catch (JacksonException e) {
            return false;
        }
    }

    private static Set<String> ids(History history) {
        return history.parcels().stream()
                .flatMap(parcel -> parcel.messages().stream())
                .map(Message::id)
                .collect(Collectors.toSet());
    }

    private static Stream<Message> broken() {
        return messages()
                .filter(m -> m.nature().fate() != Fate.LANDS && m.nature() != Nature.DUPLICATE);
    }

    private static Stream<Message> messages() {
        return HISTORY.parcels().stream().flatMap(parcel -> parcel.messages().stream());
    }

    private static Stream<JsonNode> bodies(Predicate<Message> which) {
        return messages().filter(which).map(m -> JSON.readTree(m.body()));
    }

    /** The calls of a stream, without repetitions. */
    private static Stream<JsonNode> firsts(String stream) {
        return bodies(m -> m.stream().equals(stream) && m.nature().fate() == Fate.LANDS);
    }

    private static Stream<JsonNode> orders() {
        return firsts("order_completed").map(call -> call.path("properties"));
    }
}
