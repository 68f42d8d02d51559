package dev.millrace.transform.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Python's arithmetic of numbers: whole ones without a bound, real ones of 64 bits, decimals. */
final class Arithmetic {

    private static final int MAX_BITS = 100_000;
    private static final long EXACT = 1L << 53;
    private static final MathContext DECIMAL = new MathContext(28, RoundingMode.HALF_EVEN);

    private Arithmetic() {}

    static Object apply(String operator, Object left, Object right) {
        boolean divides = operator.equals("/") || operator.equals("//") || operator.equals("%");
        if (divides && Values.real(right) == 0) {
            throw new JinjaException("division by zero");
        }
        if (Values.isInteger(left) && Values.isInteger(right)) {
            return whole(operator, left, right);
        }
        if (left instanceof BigDecimal || right instanceof BigDecimal) {
            return decimal(operator, left, right);
        }
        return real(operator, finite(left), finite(right));
    }

    static Object negate(Object number) {
        return switch (number) {
            case Double real -> -real;
            case BigDecimal decimal -> decimal.negate();
            default -> whole("-", 0L, number);
        };
    }

    static Object absolute(Object number) {
        return switch (number) {
            case Double real -> Math.abs(real);
            case BigDecimal decimal -> decimal.abs();
            default -> simplest(big(number).abs());
        };
    }

    /** A whole number in the smaller of its two forms. */
    static Object simplest(BigInteger number) {
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    static BigInteger big(Object number) {
        return number instanceof BigInteger big ? big : BigInteger.valueOf(Values.integer(number));
    }

    private static Object whole(String operator, Object left, Object right) {
        if (left instanceof BigInteger || right instanceof BigInteger) {
            return large(operator, big(left), big(right));
        }
        long a = Values.integer(left);
        long b = Values.integer(right);
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDivExact(a, b);
                case "%" -> Math.floorMod(a, b);
                case "/" ->
                        Math.abs(a) <= EXACT && Math.abs(b) <= EXACT
                                ? (Object) ((double) a / b)
                                : large("/", big(a), big(b));
                default -> large(operator, big(a), big(b));
            };
        } catch (ArithmeticException e) {
            return large(operator, big(a), big(b));
        }
    }

    private static Object large(String operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case "+" -> simplest(a.add(b));
            case "-" -> simplest(a.subtract(b));
            case "*" -> {
                checkSize((long) a.bitLength() + b.bitLength());
                yield simplest(a.multiply(b));
            }
            case "//" -> {
                BigInteger[] parts = a.divideAndRemainder(b);
                boolean down = parts[1].signum() != 0 && parts[1].signum() != b.signum();
                yield simplest(down ? parts[0].subtract(BigInteger.ONE) : parts[0]);
            }
            case "%" -> {
                BigInteger remainder = a.remainder(b);
                boolean up = remainder.signum() != 0 && remainder.signum() != b.signum();
                yield simplest(up ? remainder.add(b) : remainder);
            }
            case "/" ->
                    checked(
                            new BigDecimal(a)
                                    .divide(new BigDecimal(b), new MathContext(60))
                                    .doubleValue());
            case "**" -> power(a, b);
            default -> throw new IllegalStateException(operator);
        };
    }

    private static Object power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            return real("**", base.doubleValue(), exponent.doubleValue());
        }
        if (base.abs().bitLength() <= 1) {
            return simplest(
                    exponent.testBit(0) || exponent.signum() == 0
                            ? (exponent.signum() == 0 ? BigInteger.ONE : base)
                            : base.abs());
        }
        checkSize(
                exponent.bitLength() > 31
                        ? Long.MAX_VALUE
                        : base.bitLength() * exponent.longValue());
        return simplest(base.pow(exponent.intValue()));
    }

    private static void checkSize(long bits) {
        if (bits > MAX_BITS) {
            throw new JinjaException("the result has too many digits");
        }
    }

    private static Object real(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> floorDivision(a, b);
            case "%" -> {
                double remainder = a % b;
                yield remainder == 0
                        ? Math.copySign(0.0, b)
                        : (remainder < 0) != (b < 0) ? remainder + b : remainder;
            }
            case "**" -> {
                if (a == 0 && b < 0) {
                    throw new JinjaException("0 cannot be raised to a negative power");
                }
                double power = Math.pow(a, b);
                boolean known =
                        Double.isNaN(a)
                                || Double.isNaN(b)
                                || Double.isInfinite(a)
                                || Double.isInfinite(b);
                if (Double.isNaN(power) && !known) {
                    throw new JinjaException("a negative number cannot be raised to a fraction");
                }
                yield known ? power : checked(power);
            }
            default -> throw new IllegalStateException(operator);
        };
    }

    private static double floorDivision(double a, double b) {
        double remainder = a % b;
        double quotient = (a - remainder) / b;
        if (remainder != 0 && (b < 0) != (remainder < 0)) {
            quotient -= 1;
        }
        if (quotient == 0) {
            return Math.copySign(0.0, a / b);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static Object decimal(String operator, Object left, Object right) {
        if (left instanceof Double || right instanceof Double) {
            throw Operators.unsupported(operator, left, right);
        }
        BigDecimal a = exact(left);
        BigDecimal b = exact(right);
        return switch (operator) {
            case "+" -> a.add(b, DECIMAL);
            case "-" -> a.subtract(b, DECIMAL);
            case "*" -> a.multiply(b, DECIMAL);
            case "/" -> a.divide(b, DECIMAL);
            case "//" -> a.divideToIntegralValue(b, DECIMAL);
            case "%" -> a.remainder(b, DECIMAL);
            case "**" -> {
                if (b.stripTrailingZeros().scale() > 0 || b.abs().intValue() > 1000) {
                    throw Operators.unsupported(operator, left, right);
                }
                yield a.pow(b.intValue(), DECIMAL);
            }
            default -> throw new IllegalStateException(operator);
        };
    }

    /** A number without any rounding. */
    static BigDecimal exact(Object number) {
        return switch (number) {
            case BigDecimal decimal -> decimal;
            case Double real -> new BigDecimal(real);
            default -> new BigDecimal(big(number));
        };
    }

    private static double finite(Object number) {
        double real = Values.real(number);
        return number instanceof Double ? real : checked(real);
    }

    private static double checked(double number) {
        if (Double.isInfinite(number)) {
            throw new JinjaException("the result is too large for a real number");
        }
        return number;
    }
}
