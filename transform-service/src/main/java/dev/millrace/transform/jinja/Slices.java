package dev.millrace.transform.jinja;

import java.util.List;

/** {@code items[start:stop:step]} and the index of one item, as Python counts them. */
record Slices(Object start, Object stop, Object step) {

    static boolean cut(Object target) {
        return target instanceof String
                || target instanceof List<?>
                || target instanceof HasElements;
    }

    Object of(Object target) {
        return switch (target) {
            case String text -> {
                int[] points = text.codePoints().toArray();
                StringBuilder part = new StringBuilder();
                forEach(points.length, i -> part.appendCodePoint(points[i]));
                yield part.toString();
            }
            case RangeValue range -> {
                long by = step == None.NONE ? 1 : Values.integer(step);
                int size = range.size();
                yield range.slice(
                        bound(start, size, by > 0 ? 0 : size - 1, by),
                        bound(stop, size, by > 0 ? size : -1, by),
                        by);
            }
            case List<?> list -> {
                ListValue part = new ListValue();
                forEach(list.size(), i -> part.add(list.get(i)));
                yield target instanceof TupleValue ? new TupleValue(part) : part;
            }
            case HasElements elements -> of(new TupleValue(Elements.iterate(elements)));
            case Undefined undefined -> throw undefined.mistake();
            default ->
                    throw new JinjaException(
                            "'" + Values.typeName(target) + "' cannot be cut by [start:stop]");
        };
    }

    private void forEach(int length, java.util.function.IntConsumer consumer) {
        long by = step == None.NONE ? 1 : Values.integer(step);
        if (by == 0) {
            throw new JinjaException("the step of a slice must not be 0");
        }
        long from = bound(start, length, by > 0 ? 0 : length - 1, by);
        long to = bound(stop, length, by > 0 ? length : -1, by);
        for (long i = from; by > 0 ? i < to : i > to; ) {
            consumer.accept((int) i);
            if (by > length || by < -length) {
                return;
            }
            i += by;
        }
    }

    private static long bound(Object bound, int length, long otherwise, long by) {
        if (bound == None.NONE) {
            return otherwise;
        }
        long index = Values.integer(bound);
        if (index < 0) {
            index = Math.max(index, -(long) length - 1) + length;
        }
        return by > 0 ? Math.clamp(index, 0, length) : Math.clamp(index, -1, length - 1);
    }
}
