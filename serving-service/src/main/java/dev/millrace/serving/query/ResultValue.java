package dev.millrace.serving.query;

import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.serving.semantic.Member;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;

/**
 * Writes a value as clients of Cube know it: small integers and floats as numbers, big integers and
 * decimals as text to the last digit, times without zone to the millisecond.
 */
enum ResultValue {
    TEXT,
    INTEGER,
    FLOAT,
    BOOLEAN,
    TIME,
    TEXT_TIME,
    JSON;

    /** How the values of a column are to be written. */
    static ResultValue of(ResultSetMetaData columns, int column, Member member)
            throws SQLException {
        return switch (columns.getColumnType(column)) {
            case Types.SMALLINT, Types.INTEGER -> INTEGER;
            // The driver takes money for a number, but it comes with its currency's sign.
            case Types.REAL, Types.DOUBLE ->
                    columns.getColumnTypeName(column).equals("money") ? TEXT : FLOAT;
            case Types.BIT, Types.BOOLEAN -> BOOLEAN;
            case Types.DATE, Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> TIME;
            case Types.OTHER -> columns.getColumnTypeName(column).startsWith("json") ? JSON : TEXT;
            default -> isTime(member) ? TEXT_TIME : TEXT;
        };
    }

    private static boolean isTime(Member member) {
        return switch (member) {
            case Member.OfDimension d -> d.dimension().type() == Dimension.Type.TIME;
            case Member.OfMeasure m -> m.measure().type() == Measure.Type.TIME;
            case Member.OfSegment _ -> false;
        };
    }

    /** Writes the value of a column in the current row. */
    void write(JsonGenerator json, ResultSet rows, int column) throws SQLException {
        String text = rows.getString(column);
        if (text == null) {
            json.writeNull();
            return;
        }
        switch (this) {
            case TEXT -> json.writeString(text);
            case INTEGER -> json.writeNumber(Long.parseLong(text));
            case FLOAT -> writeFloat(json, text);
            case BOOLEAN -> {
                if (text.equals("t") || text.equals("f")) {
                    json.writeBoolean(text.equals("t"));
                } else {
                    json.writeString(text);
                }
            }
            case TIME, TEXT_TIME -> json.writeString(time(text));
            case JSON -> json.writeRawValue(text);
        }
    }

    /** The value as text, where null is told apart from it, and JSON's rules do not hold. */
    String text(String text) {
        return switch (this) {
            case TEXT, INTEGER, JSON -> text;
            case FLOAT -> isFinite(text) ? number(text) : text;
            case BOOLEAN ->
                    switch (text) {
                        case "t" -> "true";
                        case "f" -> "false";
                        default -> text;
                    };
            case TIME, TEXT_TIME -> time(text);
        };
    }

    private static boolean isFinite(String text) {
        return !text.equals("NaN") && !text.endsWith("Infinity");
    }

    /** JSON knows no NaN and no infinity. */
    private static void writeFloat(JsonGenerator json, String text) {
        if (isFinite(text)) {
            json.writeRawValue(number(text));
        } else {
            json.writeNull();
        }
    }

    /** As JavaScript writes numbers. */
    private static String number(String text) {
        double value = Double.parseDouble(text);
        double size = Math.abs(value);
        if (value == 0) {
            return "0";
        }
        if (size >= 1e-6 && size < 1e21) {
            return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
        }
        String java = Double.toString(value).replace(".0E", "E").replace("E-", "e-");
        return java.replace("E", "e+");
    }

    /** PostgreSQL's {@code 1997-01-01 00:00:00.123456+00} as {@code 1997-01-01T00:00:00.123}. */
    static String time(String text) {
        if (text.length() == 10 && text.charAt(4) == '-') {
            return text + "T00:00:00.000";
        }
        if (text.length() < 19
                || text.charAt(4) != '-'
                || (text.charAt(10) != ' ' && text.charAt(10) != 'T')
                || text.endsWith("BC")) {
            return text;
        }
        StringBuilder millis = new StringBuilder(23);
        millis.append(text, 0, 10).append('T').append(text, 11, 19).append('.');
        @Nullable String fraction = text.length() > 19 && text.charAt(19) == '.' ? text : null;
        for (int i = 20; i < 23; i++) {
            boolean digit =
                    fraction != null
                            && i < fraction.length()
                            && Character.isDigit(fraction.charAt(i))
                            && millis.length() == i;
            millis.append(digit ? text.charAt(i) : '0');
        }
        return millis.toString();
    }
}
