package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/** Results of statements by name: {@code store_result} and {@code load_result}. */
public final class Results {

    private static final String MAIN = "main";

    private final Map<String, Object> stored = new HashMap<>();

    /**
     * How a statement ended; prints as its message.
     *
     * @param rows rows that it wrote or gave; -1 if that makes no sense
     */
    record Response(String message, String code, long rows) implements HasAttributes {

        @Override
        public @Nullable Object attribute(String name) {
            return switch (name) {
                case "_message", "message" -> message;
                case "code" -> code;
                case "rows_affected" -> rows < 0 ? None.NONE : (Object) rows;
                default -> null;
            };
        }

        @Override
        public String toString() {
            return message;
        }
    }

    /** How the statement named main ended; null if there was none. */
    public Warehouse.@Nullable Answer main() {
        if (stored.get(MAIN) instanceof DictValue result
                && result.get("response") instanceof Response response) {
            return new Warehouse.Answer(
                    response.message(),
                    response.code(),
                    response.rows(),
                    result.getOrDefault("table", None.NONE));
        }
        return null;
    }

    Object store(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("store_result", "name", "response", "agate_table");
        return put(
                bound.text("name"),
                bound.get("response", None.NONE),
                bound.get("agate_table", None.NONE));
    }

    Object storeRaw(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind(
                        "store_raw_result",
                        "name",
                        "message",
                        "code",
                        "rows_affected",
                        "agate_table");
        Object rows = bound.get("rows_affected", None.NONE);
        long count;
        try {
            count = rows == None.NONE ? -1 : Long.parseLong(Values.text(rows));
        } catch (NumberFormatException e) {
            count = -1;
        }
        Response response =
                new Response(
                        Values.text(bound.get("message", "")),
                        Values.text(bound.get("code", "")),
                        count);
        return put(bound.text("name"), response, bound.get("agate_table", None.NONE));
    }

    private Object put(String name, Object response, Object table) {
        DictValue result = new DictValue();
        result.put("response", response);
        result.put("table", table);
        result.put("data", table instanceof HasAttributes rows ? data(rows) : new ListValue());
        stored.put(name, result);
        return "";
    }

    private static Object data(HasAttributes table) {
        Object rows = table.attribute("rows");
        return rows == null ? new ListValue() : rows;
    }

    Object load(Arguments arguments) {
        String name = arguments.bind("load_result", "name").text("name");
        Object result = stored.get(name);
        if (result == None.NONE) {
            throw new JinjaException(
                    "the result of the statement '"
                            + name
                            + "' was taken already; keep it in a variable to use it twice");
        }
        if (result == null) {
            return None.NONE;
        }
        if (!name.equals(MAIN)) {
            stored.put(name, None.NONE);
        }
        return result;
    }
}
