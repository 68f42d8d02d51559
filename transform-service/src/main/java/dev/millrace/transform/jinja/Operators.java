package dev.millrace.transform.jinja;

import java.util.List;

/** Python's arithmetic, with whole numbers of 64 bits that refuse to overflow. */
final class Operators {

    private final Budget budget;

    Operators(Budget budget) {
        this.budget = budget;
    }

    Object apply(String operator, Object left, Object right) {
        Values.requireDefined(left);
        Values.requireDefined(right);
        if (Values.isNumber(left) && Values.isNumber(right)) {
            return number(operator, left, right);
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
        if (operator.equals("%") && left instanceof String format) {
            return new PercentFormat(budget).format(format, right);
        }
        throw unsupported(operator, left, right);
    }

    private static Object number(String operator, Object left, Object right) {
        try {
            return Values.isInteger(left) && Values.isInteger(right)
                    ? whole(operator, Values.integer(left), Values.integer(right))
                    : real(operator, Values.real(left), Values.real(right));
        } catch (ArithmeticException e) {
            throw new JinjaException(
                    right.equals(0L) || right.equals(0.0) || right.equals(false)
                            ? "division by zero"
                            : "the result is too large for a whole number of 64 bits");
        }
    }

    private static Object whole(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> Math.addExact(a, b);
            case "-" -> Math.subtractExact(a, b);
            case "*" -> Math.multiplyExact(a, b);
            case "/" -> {
                if (b == 0) {
                    throw new ArithmeticException();
                }
                yield (double) a / b;
            }
            case "//" -> Math.floorDivExact(a, b);
            case "%" -> Math.floorMod(a, b);
            case "**" -> b < 0 ? real("**", (double) a, (double) b) : power(a, b);
            default -> throw new IllegalStateException(operator);
        };
    }

    private static Object power(long base, long exponent) {
        long result = 1;
        long square = base;
        for (long left = exponent; left > 0; left >>= 1) {
            if ((left & 1) == 1) {
                result = Math.multiplyExact(result, square);
            }
            if (left > 1) {
                square = Math.multiplyExact(square, square);
            }
        }
        return result;
    }

    private static Object real(String operator, double a, double b) {
        boolean divides = operator.equals("/") || operator.equals("//") || operator.equals("%");
        if (divides && b == 0) {
            throw new JinjaException("division by zero");
        }
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> {
                double remainder = a % b;
                yield remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
            }
            case "**" -> {
                if (a == 0 && b < 0) {
                    throw new JinjaException("0 cannot be raised to a negative power");
                }
                yield Math.pow(a, b);
            }
            default -> throw new IllegalStateException(operator);
        };
    }

    private Object join(Object left, Object right) {
        if (left instanceof String a && right instanceof String b) {
            budget.spend((long) a.length() + b.length());
            return a + b;
        }
        boolean sameKind = left instanceof TupleValue == right instanceof TupleValue;
        if (left instanceof List<?> a && right instanceof List<?> b && sameKind) {
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
            case List<?> list -> {
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

    private static JinjaException unsupported(String operator, Object left, Object right) {
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
