package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TitlesTest {

    @ParameterizedTest
    @CsvSource({
        "orders, Orders",
        "order_details, Order Details",
        "freight_rolling_3m, Freight Rolling3 M",
        "created_at, Created at",
        "in_stock, In Stock",
        "time_to_live, Time to Live",
        "OrderItems, Order Items",
        "customerID, Customer Id",
        "_private, Private"
    })
    void titlesAreMadeAsCubeMakesThem(String name, String title) {
        assertThat(Titles.of(name)).isEqualTo(title);
    }
}
