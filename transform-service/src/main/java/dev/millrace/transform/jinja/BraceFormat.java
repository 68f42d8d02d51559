package dev.millrace.transform.jinja;

/** {@code "{} is {age:>3}".format(name, age=3)}. */
final class BraceFormat {

    private final Budget budget;
    private final Arguments arguments;
    private int automatic;
    private int depth;

    BraceFormat(Budget budget, Arguments arguments) {
        this.budget = budget;
        this.arguments = arguments;
    }

    String format(String format) {
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i);
            boolean doubled = i + 1 < format.length() && format.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                text.append(c);
                i += 2;
            } else if (c == '{') {
                int end = end(format, i);
                String field = field(format.substring(i + 1, end));
                budget.spend(field.length());
                text.append(field);
                i = end + 1;
            } else if (c == '}') {
                throw new JinjaException("the format '" + format + "' has a '}' without '{'");
            } else {
                text.append(c);
                i++;
            }
        }
        return text.toString();
    }

    /** The end of a field, whose format may hold fields, too. */
    private static int end(String format, int begin) {
        int depth = 0;
        for (int i = begin; i < format.length(); i++) {
            if (format.charAt(i) == '{') {
                depth++;
            } else if (format.charAt(i) == '}' && --depth == 0) {
                return i;
            }
        }
        throw new JinjaException("the format '" + format + "' has a '{' without '}'");
    }

    private String field(String field) {
        int colon = field.indexOf(':');
        String spec = colon < 0 ? "" : field.substring(colon + 1);
        String name = colon < 0 ? field : field.substring(0, colon);
        String conversion = "";
        int bang = name.indexOf('!');
        if (bang >= 0) {
            conversion = name.substring(bang + 1);
            name = name.substring(0, bang);
        }
        Object value = value(name);
        if (spec.indexOf('{') >= 0) {
            spec = nested(spec);
        }
        if (conversion.equals("r") || conversion.equals("a")) {
            value = Representation.of(value);
        } else if (conversion.equals("s")) {
            value = Values.text(value);
        } else if (bang >= 0) {
            throw new JinjaException("the conversion '!" + conversion + "' is not known");
        }
        if (!spec.isEmpty() && value instanceof Operand operand) {
            String text = operand.format(spec);
            if (text != null) {
                return text;
            }
        }
        return spec.isEmpty() ? Values.text(value) : FormatSpec.parse(spec).format(value, budget);
    }

    private String nested(String spec) {
        if (depth > 0) {
            throw new JinjaException("the format nests fields too deeply");
        }
        depth++;
        String text = format(spec);
        depth--;
        return text;
    }

    private Object value(String name) {
        boolean positional = name.isEmpty() || name.chars().allMatch(c -> c >= '0' && c <= '9');
        if (positional) {
            boolean counted = name.isEmpty();
            if (counted ? automatic < 0 : automatic > 0) {
                throw new JinjaException("format(): either all fields have numbers or none");
            }
            int index = counted ? automatic++ : index(name);
            automatic = counted ? automatic : -1;
            if (index >= arguments.positional().size()) {
                throw new JinjaException("format() has no value number " + index);
            }
            return arguments.positional().get(index);
        }
        if (name.indexOf('.') >= 0 || name.indexOf('[') >= 0) {
            // Attribute access inside a format is how templates escape other sandboxes.
            throw new JinjaException("format() takes names only, not '" + name + "'");
        }
        Object value = arguments.keywords().get(name);
        if (value == null) {
            throw new JinjaException("format() has no value named '" + name + "'");
        }
        return value;
    }

    private static int index(String digits) {
        return digits.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }
}
