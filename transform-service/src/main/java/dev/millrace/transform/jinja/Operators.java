package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/** Python's operators of numbers, texts, lists and sets. */
final class Operators {

    private final Budget budget;

    Operators(Budget budget) {
        this.budget = budget;
    }

    Object apply(String operator, Object left, Object right) {
        if (operator.equals("%") && left instanceof String format) {
            return new PercentFormat(budget).format(format, Values.usable(right));
        }
        Values.requireDefined(left);
        Values.requireDefined(right);
        if (Values.isNumber(left) && Values.isNumber(right)) {
            return Arithmetic.apply(operator, left, right);
        }
        Object result = byOperands(operator, left, right);
        if (result != null) {
            return result;
        }
        if (operator.equals("+")) {
            return join(left, right);
        }
        if (operator.equals("*") && Values.isInteger(right)) {
            return repeat(left, Values.integer(right));
        }
        if (operator.equals("*") && Values.isInteger(left)) {
            return repeat(right, Values.integer(left));
        }
        if (operator.equals("-") && left instanceof Set<?> set && right instanceof Set<?> other) {
            SetValue rest = new SetValue(set);
            rest.removeIf(other::contains);
            return rest;
        }
        throw unsupported(operator, left, right);
    }

    private static @Nullable Object byOperands(String operator, Object left, Object right) {
        Object result = left instanceof Operand operand ? operand.apply(operator, right) : null;
        return result == null && right instanceof Operand operand
                ? operand.applyReversed(operator, left)
                : result;
    }

    private Object join(Object left, Object right) {
        if (left instanceof String a && right instanceof String b) {
            budget.spend((long) a.length() + b.length());
            return a + b;
        }
        boolean sameKind = left instanceof TupleValue == right instanceof TupleValue;
        boolean range = left instanceof RangeValue || right instanceof RangeValue;
        if (left instanceof List<?> a && right instanceof List<?> b && sameKind && !range) {
            budget.spend((long) a.size() + b.size());
            ListValue joined = new ListValue(a);
            joined.addAll(b);
            return left instanceof TupleValue ? new TupleValue(joined) : joined;
        }
        throw unsupported("+", left, right);
    }

    private Object repeat(Object value, long times) {
        long count = Math.max(0, times);
        return switch (value) {
            case String text -> {
                spendProduct(text.length(), count);
                yield text.isEmpty() ? "" : text.repeat((int) count);
            }
            case List<?> list when !(list instanceof RangeValue) -> {
                spendProduct(list.size(), count);
                ListValue repeated = new ListValue();
                for (long i = 0; !list.isEmpty() && i < count; i++) {
                    repeated.addAll(list);
                }
                yield value instanceof TupleValue ? new TupleValue(repeated) : repeated;
            }
            default -> throw unsupported("*", value, times);
        };
    }

    private void spendProduct(long a, long b) {
        long high = Math.multiplyHigh(a, b);
        budget.spend(high == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE);
    }

    static JinjaException unsupported(String operator, Object left, Object right) {
        String hint =
                operator.equals("+") && (left instanceof String || right instanceof String)
                        ? "; '~' joins values as text"
                        : "";
        return new JinjaException(
                "'"
                        + operator
                        + "' does not work between "
                        + Values.typeName(left)
                        + " and "
                        + Values.typeName(right)
                        + hint);
    }
}
