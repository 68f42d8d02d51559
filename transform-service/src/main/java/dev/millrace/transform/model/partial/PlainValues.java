package dev.millrace.transform.model.partial;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Values as users write them in YAML and in templates: text, numbers, lists and mappings. */
final class PlainValues implements Codec {

    private static final int NULL = 0;
    private static final int TEXT = 1;
    private static final int TRUE = 2;
    private static final int FALSE = 3;
    private static final int LONG = 4;
    private static final int INTEGER = 5;
    private static final int DOUBLE = 6;
    private static final int BIG_INTEGER = 7;
    private static final int BIG_DECIMAL = 8;
    private static final int LIST = 9;
    private static final int MAP = 10;

    /** YAML of any depth is refused long before this. */
    private static final int MAX_DEPTH = 500;

    @Override
    public void write(ValueWriter to, @Nullable Object value) {
        switch (value) {
            case null -> to.octet(NULL);
            case String text -> {
                to.octet(TEXT);
                to.text(text);
            }
            case Boolean flag -> to.octet(flag ? TRUE : FALSE);
            case Long number -> {
                to.octet(LONG);
                to.number(number);
            }
            case Integer number -> {
                to.octet(INTEGER);
                to.number(number);
            }
            case Double number -> {
                to.octet(DOUBLE);
                to.number(Double.doubleToLongBits(number));
            }
            case BigInteger number -> {
                to.octet(BIG_INTEGER);
                to.text(number.toString());
            }
            case BigDecimal number -> {
                to.octet(BIG_DECIMAL);
                to.text(number.toString());
            }
            case List<?> list -> {
                to.octet(LIST);
                to.number(list.size());
                list.forEach(item -> write(to, item));
            }
            case Map<?, ?> map -> {
                to.octet(MAP);
                to.number(map.size());
                map.forEach(
                        (key, each) -> {
                            write(to, key);
                            write(to, each);
                        });
            }
            default -> throw new UnkeepableException(value.getClass().getName());
        }
    }

    @Override
    public @Nullable Object read(ValueReader from) {
        return read(from, 0);
    }

    private @Nullable Object read(ValueReader from, int depth) {
        if (depth > MAX_DEPTH) {
            throw new DamagedException("values are nested too deeply");
        }
        int tag = from.octet();
        return switch (tag) {
            case NULL -> null;
            case TEXT -> from.text();
            case TRUE -> true;
            case FALSE -> false;
            case LONG -> from.number();
            case INTEGER -> (int) from.number();
            case DOUBLE -> Double.longBitsToDouble(from.number());
            case BIG_INTEGER -> number(from.text(), BigInteger::new);
            case BIG_DECIMAL -> number(from.text(), BigDecimal::new);
            case LIST -> {
                int size = from.count();
                List<@Nullable Object> list = new ArrayList<>(Math.min(size, ValueReader.BELIEVED));
                for (int i = 0; i < size; i++) {
                    list.add(read(from, depth + 1));
                }
                yield list;
            }
            case MAP -> {
                int size = from.count();
                Map<@Nullable Object, @Nullable Object> map =
                        LinkedHashMap.newLinkedHashMap(Math.min(size, ValueReader.BELIEVED));
                for (int i = 0; i < size; i++) {
                    Object key = read(from, depth + 1);
                    map.put(key, read(from, depth + 1));
                }
                yield map;
            }
            default -> throw new DamagedException("there is no value with the tag " + tag);
        };
    }

    private static Number number(String text, Function<String, Number> read) {
        try {
            return read.apply(text);
        } catch (NumberFormatException e) {
            throw new DamagedException("a number is none", e);
        }
    }
}
