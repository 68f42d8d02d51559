package dev.millrace.transform.jinja;

/** {@code "{} is {age:>3}".format(name, age=3)}. */
final class BraceFormat {

    private final Budget budget;
    private final Arguments arguments;
    private int automatic;

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
                int end = format.indexOf('}', i);
                if (end < 0) {
                    throw new JinjaException("the format '" + format + "' has a '{' without '}'");
                }
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
        if (conversion.equals("r")) {
            value = Representation.of(value);
        } else if (conversion.equals("s")) {
            value = Values.text(value);
        } else if (!conversion.isEmpty()) {
            throw new JinjaException("the conversion '!" + conversion + "' is not known");
        }
        return spec.isEmpty() ? Values.text(value) : FormatSpec.parse(spec).format(value, budget);
    }

    private Object value(String name) {
        boolean positional = name.isEmpty() || name.chars().allMatch(c -> c >= '0' && c <= '9');
        if (positional) {
            int index = name.isEmpty() ? automatic++ : index(name);
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
