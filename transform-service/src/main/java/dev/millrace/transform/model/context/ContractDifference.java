package dev.millrace.transform.model.context;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tells in what a query differs from the columns that its contract promises. */
final class ContractDifference {

    private ContractDifference() {}

    /** A column with its type, as both are compared. */
    record Typed(String name, String type) {}

    /** A line for each column that is not as promised. */
    static String describe(List<Typed> promised, List<Typed> given) {
        Map<String, Typed> found = new LinkedHashMap<>();
        given.forEach(column -> found.put(column.name().toLowerCase(Locale.ROOT), column));
        StringBuilder text =
                new StringBuilder(
                        "the query does not keep the model's contract; change one or the other:");
        for (Typed column : promised) {
            Typed other = found.remove(column.name().toLowerCase(Locale.ROOT));
            if (other == null) {
                line(
                        text,
                        column.name(),
                        "promised as " + column.type() + ", missing in the query");
            } else if (!other.type().equals(column.type())) {
                line(
                        text,
                        column.name(),
                        "promised as " + column.type() + ", given as " + other.type());
            }
        }
        found.values()
                .forEach(
                        column ->
                                line(
                                        text,
                                        column.name(),
                                        "given as " + column.type() + ", missing in the contract"));
        return text.toString();
    }

    private static void line(StringBuilder text, String column, String problem) {
        text.append("\n  ").append(column).append(": ").append(problem);
    }
}
