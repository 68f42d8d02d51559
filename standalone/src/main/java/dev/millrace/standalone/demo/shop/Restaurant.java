package dev.millrace.standalone.demo.shop;

import java.util.List;

/** Who cooks, and what. */
record Restaurant(String name, String city, List<Dish> menu) {

    /**
     * What can be ordered.
     *
     * @param cents price in hundredths of a euro
     */
    record Dish(String name, String category, long cents) {}
}
