package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.Json;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.python.DateTimeValue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * Lists and dicts as dbt's encoder writes them, which knows decimals, and writes the rest as texts.
 */
final class JsonText {

    private JsonText() {}

    static String of(Object value) {
        return Json.write(plain(value));
    }

    private static Object plain(Object value) {
        return switch (value) {
            case List<?> list -> {
                ListValue plain = new ListValue();
                list.forEach(item -> plain.add(plain(item)));
                yield plain;
            }
            case Map<?, ?> map -> {
                DictValue plain = new DictValue();
                map.forEach((key, item) -> plain.put(key, plain(item)));
                yield plain;
            }
            case BigDecimal number -> number.doubleValue();
            case DateTimeValue moment -> moment.isoFormat();
            case None none -> none;
            case Boolean flag -> flag;
            case Number number -> number;
            default -> Values.text(value);
        };
    }
}
