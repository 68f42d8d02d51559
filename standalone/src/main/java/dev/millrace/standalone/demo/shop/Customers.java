package dev.millrace.standalone.demo.shop;

import dev.millrace.standalone.demo.shop.Restaurant.Dish;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/** People who sign up, come back for a while, and order. Some never return. */
final class Customers {

    private static final int FEWEST = 860;
    private static final int SPREAD = 90;
    private static final Duration LOYALTY = Duration.ofDays(55);

    private final Town town;
    private final Diary diary;
    private int orders;

    Customers(Town town, Diary diary) {
        this.town = town;
        this.diary = diary;
    }

    void live(SplittableRandom random) {
        int count = FEWEST + random.nextInt(SPREAD);
        for (int number = 1; number <= count; number++) {
            live(number, random.split());
        }
    }

    private void live(int number, SplittableRandom random) {
        // The square root makes the shop grow: more sign-ups each week than in the week before.
        int day = (int) (Season.DAYS * Math.sqrt(random.nextDouble()));
        Instant signedUp = Season.moment(day, random);
        String city = Town.city(random);
        Person visitor =
                new Person(null, diary.name("browser", number), "198.51.100." + number % 250);
        Person customer =
                new Person(diary.name("user", number), visitor.anonymousId(), visitor.address());
        browse(visitor, signedUp.minusSeconds(240 + random.nextInt(600)), random);
        signUp(customer, number, city, signedUp);
        if (random.nextInt(100) < 7) {
            return;
        }
        comeBack(customer, city, signedUp, random);
    }

    private void signUp(Person customer, int number, String city, Instant at) {
        ObjectNode traits = Diary.object();
        traits.put("email", diary.name("customer", number) + "@mail.example");
        traits.put("city", city);
        traits.put("createdAt", at.toString());
        diary.identify(customer, at, traits);
        ObjectNode properties = Diary.object();
        properties.put("city", city);
        properties.put("plan", number % 9 == 0 ? "plus" : "basic");
        diary.track(Door.WEB, customer, "Signed Up", at.plusMillis(35), properties);
    }

    private void comeBack(Person customer, String city, Instant signedUp, SplittableRandom random) {
        Duration rhythm = Duration.ofHours(30 + random.nextInt(150));
        Instant leaves = signedUp.plus(Season.span(LOYALTY, random));
        List<Restaurant> favourites = favourites(city, random);
        Instant at = signedUp.plusSeconds(90);
        while (at.isBefore(leaves) && at.isBefore(Season.END)) {
            visit(customer, city, favourites, at, random.nextInt(100) < 55, random);
            int day = (int) Duration.between(Season.START, at).toDays();
            int days = 1 + (int) Season.span(rhythm, random).toDays();
            at = Season.moment(day + days, random);
        }
        if (leaves.isAfter(Season.END) && random.nextInt(100) < 60) {
            Instant kickOff = Season.CUP_FINAL.plusMillis(random.nextInt(7_200_000));
            visit(customer, city, favourites, kickOff.minusSeconds(300), true, random);
        }
    }

    private void visit(
            Person customer,
            String city,
            List<Restaurant> favourites,
            Instant at,
            boolean hungry,
            SplittableRandom random) {
        diary.track(Door.WEB, customer, "Logged In", at, Diary.object().put("method", "password"));
        Instant ready = browse(customer, at.plusSeconds(5), random);
        if (hungry && !Season.isOver(ready)) {
            order(customer, city, favourites.get(random.nextInt(favourites.size())), ready, random);
        }
    }

    /** Looks at some pages; ends with the time of the last. */
    private Instant browse(Person who, Instant from, SplittableRandom random) {
        Instant at = from;
        int pages = 1 + random.nextInt(4);
        for (int i = 0; i < pages && !Season.isOver(at); i++) {
            diary.page(who, path(random), at);
            at = at.plusMillis(8_000 + random.nextInt(60_000));
        }
        return at;
    }

    private String path(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> "/";
            case 1 -> "/restaurants";
            case 2 -> "/offers";
            default -> "/restaurants/" + (1 + random.nextInt(town.restaurants().size()));
        };
    }

    private List<Restaurant> favourites(String city, SplittableRandom random) {
        List<Restaurant> near = town.restaurantsIn(city);
        int first = random.nextInt(near.size());
        return List.of(
                near.get(first),
                near.get(first),
                near.get((first + 1) % near.size()),
                near.get(random.nextInt(near.size())),
                near.get(random.nextInt(near.size())));
    }

    private void order(
            Person customer,
            String city,
            Restaurant restaurant,
            Instant at,
            SplittableRandom random) {
        orders++;
        String orderId = diary.name("order", orders);
        ObjectNode properties = Diary.object();
        properties.put("order_id", orderId);
        properties.put("restaurant", restaurant.name());
        properties.put("city", city);
        properties.put("currency", "EUR");
        long subtotal = choose(restaurant, properties.putArray("items"), random);
        long shipping = subtotal >= 3_000 ? 0 : 190 + 100L * random.nextInt(2);
        long discount = random.nextInt(10) == 0 ? subtotal / 10 : 0;
        properties.put("subtotal", Diary.euros(subtotal));
        properties.put("shipping", Diary.euros(shipping));
        properties.put("discount", Diary.euros(discount));
        properties.put("total", Diary.euros(subtotal + shipping - discount));
        diary.track(Door.WEB, customer, "Order Completed", at, properties);
        deliver(orderId, at, random);
    }

    private static long choose(Restaurant restaurant, ArrayNode items, SplittableRandom random) {
        long subtotal = 0;
        int lines = 1 + random.nextInt(3);
        for (int i = 0; i < lines; i++) {
            Dish dish = restaurant.menu().get(random.nextInt(restaurant.menu().size()));
            int quantity = random.nextInt(4) == 0 ? 2 : 1;
            ObjectNode item = items.addObject();
            item.put("name", dish.name());
            item.put("category", dish.category());
            item.put("price", Diary.euros(dish.cents()));
            item.put("quantity", quantity);
            subtotal += dish.cents() * quantity;
        }
        return subtotal;
    }

    private void deliver(String orderId, Instant ordered, SplittableRandom random) {
        String courier = "courier-" + (1 + random.nextInt(48));
        Instant pickedUp = ordered.plusMillis(480_000 + random.nextInt(900_000));
        diary.delivery(orderId, pickedUp, report(courier, "picked_up", random));
        // Now and then a truck gets lost, and nobody hears of the order again.
        if (random.nextInt(60) > 0) {
            Instant atDoor = pickedUp.plusMillis(240_000 + random.nextInt(1_500_000));
            diary.delivery(orderId, atDoor, report(courier, "delivered", random));
        }
    }

    private static ObjectNode report(String courier, String status, SplittableRandom random) {
        ObjectNode report = Diary.object();
        report.put("courier", courier);
        report.put("status", status);
        report.putObject("vehicle").put("kind", "bike").put("battery", 20 + random.nextInt(80));
        return report;
    }
}
