package dev.millrace.transform.jinja;

import java.util.AbstractList;
import java.util.RandomAccess;

/** {@code range(start, stop, step)}. */
final class RangeValue extends AbstractList<Object> implements RandomAccess {

    /** As many as Jinja's sandbox allows. */
    private static final long MAX_SIZE = 100_000;

    private final long start;
    private final long stop;
    private final long step;
    private final int size;

    RangeValue(long start, long stop, long step) {
        if (step == 0) {
            throw new JinjaException("range(): the step must not be 0");
        }
        this.start = start;
        this.stop = stop;
        this.step = step;
        double steps = Math.ceil(((double) stop - (double) start) / step);
        if (steps > MAX_SIZE) {
            throw new JinjaException("range(): there would be more than " + MAX_SIZE + " numbers");
        }
        this.size = (int) Math.max(0, steps);
    }

    RangeValue slice(long from, long to, long by) {
        return new RangeValue(start + from * step, start + to * step, step * by);
    }

    @Override
    public Object get(int index) {
        return start + index * step;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public String toString() {
        return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")";
    }
}
