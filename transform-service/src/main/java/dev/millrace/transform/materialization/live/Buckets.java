package dev.millrace.transform.materialization.live;

import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.IntervalExpression;
import net.sf.jsqlparser.expression.StringValue;
import net.sf.jsqlparser.schema.Column;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Functions that give the beginning of a span of time. */
final class Buckets {

    private static final Map<String, String> UNITS =
            Map.of(
                    "second", "1 second",
                    "minute", "1 minute",
                    "hour", "1 hour",
                    "day", "1 day",
                    "week", "7 days",
                    "month", "1 month",
                    "quarter", "3 months",
                    "year", "1 year");

    private Buckets() {}

    /** How long the spans are, as an interval; empty if it is no such function. */
    static String width(Function function) {
        String name = Words.fold(function.getMultipartName().getLast());
        List<? extends Expression> arguments =
                function.getParameters() == null ? List.of() : function.getParameters();
        if (arguments.size() < 2 || !(arguments.get(1) instanceof Column)) {
            return "";
        }
        if (name.equals("date_trunc") && arguments.getFirst() instanceof StringValue unit) {
            String width = UNITS.getOrDefault(unit.getValue().toLowerCase(Locale.ROOT), "");
            // A day of a time zone may have an hour more.
            return width.isEmpty() || arguments.size() == 2 ? width : width + " 1 day";
        }
        if (name.equals("date_bin")) {
            return switch (arguments.getFirst()) {
                case StringValue text -> text.getValue().replace("'", "''");
                case IntervalExpression interval
                        when interval.getIntervalType() == null
                                && interval.getParameter() != null ->
                        interval.getParameter().replace("'", "");
                default -> "";
            };
        }
        return "";
    }
}
