package dev.millrace.standalone.demo.shop;

import dev.millrace.standalone.demo.shop.Restaurant.Dish;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What is there before anybody orders: cities, and the restaurants in them. */
final class Town {

    private static final List<String> CITIES =
            List.of("Berlin", "Hamburg", "München", "Köln", "Łódź", "Zürich");

    /** How many of a hundred customers live there, in the order of the cities. */
    private static final int[] SHARES = {34, 22, 18, 12, 8, 6};

    private static final int RESTAURANTS_PER_CITY = 7;

    private static final List<String> FIRST_WORDS =
            List.of("Golden", "Little", "Old", "Happy", "Green", "Uncle", "Café", "Señor's");
    private static final List<String> SECOND_WORDS =
            List.of("Wok", "Oven", "Garden", "Corner", "Bowl", "Spoon", "Lantern", "Olive");

    private static final List<Dish> KITCHEN =
            List.of(
                    new Dish("Margherita", "pizza", 890),
                    new Dish("Quattro Formaggi", "pizza", 1190),
                    new Dish("Diavola", "pizza", 1240),
                    new Dish("Salmon nigiri", "sushi", 750),
                    new Dish("Rainbow roll", "sushi", 1690),
                    new Dish("Omakase box", "sushi", 2950),
                    new Dish("Classic burger", "burgers", 1090),
                    new Dish("Halloumi burger", "burgers", 1150),
                    new Dish("Fries", "burgers", 390),
                    new Dish("Green curry", "curries", 1280),
                    new Dish("Dal", "curries", 799),
                    new Dish("Lamb rogan josh", "curries", 1545),
                    new Dish("Caesar salad", "salads", 949),
                    new Dish("Poke bowl", "salads", 1395),
                    new Dish("Tiramisù", "desserts", 550),
                    new Dish("Mango sticky rice", "desserts", 620),
                    new Dish("Lemonade", "drinks", 320),
                    new Dish("Mate", "drinks", 275));

    private static final int SHORTEST_MENU = 5;

    private final List<Restaurant> restaurants = new ArrayList<>();

    Town(SplittableRandom random) {
        for (int c = 0; c < CITIES.size(); c++) {
            for (int r = 0; r < RESTAURANTS_PER_CITY; r++) {
                // Names differ by how the two lists are paired, and are unique in the whole town.
                int pairing = c * RESTAURANTS_PER_CITY + r;
                String name =
                        FIRST_WORDS.get(pairing % FIRST_WORDS.size())
                                + " "
                                + SECOND_WORDS.get(
                                        (pairing / FIRST_WORDS.size() + pairing)
                                                % SECOND_WORDS.size());
                restaurants.add(new Restaurant(name, CITIES.get(c), menu(random)));
            }
        }
    }

    List<Restaurant> restaurants() {
        return List.copyOf(restaurants);
    }

    List<Restaurant> restaurantsIn(String city) {
        return restaurants.stream().filter(r -> r.city().equals(city)).toList();
    }

    static List<String> cities() {
        return CITIES;
    }

    static String city(SplittableRandom random) {
        int ticket = random.nextInt(100);
        for (int i = 0; i < SHARES.length; i++) {
            ticket -= SHARES[i];
            if (ticket < 0) {
                return CITIES.get(i);
            }
        }
        return CITIES.getFirst();
    }

    private static List<Dish> menu(SplittableRandom random) {
        List<Dish> left = new ArrayList<>(KITCHEN);
        List<Dish> menu = new ArrayList<>();
        int size = SHORTEST_MENU + random.nextInt(5);
        while (menu.size() < size) {
            Dish dish = left.remove(random.nextInt(left.size()));
            // Every restaurant rounds to ten cents in its own way, so prices differ.
            menu.add(
                    new Dish(dish.name(), dish.category(), dish.cents() + 10L * random.nextInt(9)));
        }
        return menu;
    }
}
