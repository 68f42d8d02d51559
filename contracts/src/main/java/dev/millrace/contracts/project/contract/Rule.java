package dev.millrace.contracts.project.contract;

import java.math.BigDecimal;
import java.util.List;
import java.util.Set;

/** Something that each value of a property is held to. */
public sealed interface Rule {

    /** The rule as people read it where it is broken. */
    String text();

    /** There is a value, and it is not null. */
    record Required(String text) implements Rule {}

    /** No two rows have the same value. */
    record Unique(String text) implements Rule {}

    /** At least so many characters. */
    record MinLength(int length) implements Rule {
        @Override
        public String text() {
            return "minLength " + length;
        }
    }

    /** At most so many characters. */
    record MaxLength(int length) implements Rule {
        @Override
        public String text() {
            return "maxLength " + length;
        }
    }

    /** An expression of RE2's syntax that is found somewhere in the text. */
    record Matches(String expression, String text) implements Rule {}

    /** A text of a well-known form. */
    record Format(TextFormat format) implements Rule {
        @Override
        public String text() {
            return "format " + format.word();
        }
    }

    /** Which side of a limit is meant, and whether the limit itself is still good. */
    enum Side {
        MINIMUM,
        EXCLUSIVE_MINIMUM,
        MAXIMUM,
        EXCLUSIVE_MAXIMUM;

        /** Whether a value is on the right side, by how it compares to the limit. */
        public boolean admits(int comparison) {
            return switch (this) {
                case MINIMUM -> comparison >= 0;
                case EXCLUSIVE_MINIMUM -> comparison > 0;
                case MAXIMUM -> comparison <= 0;
                case EXCLUSIVE_MAXIMUM -> comparison < 0;
            };
        }
    }

    /**
     * A limit of numbers, dates or times.
     *
     * @param limit a number, or where a date or time stands by {@link TemporalForm#position}
     */
    record Limit(Side side, BigDecimal limit, String text) implements Rule {}

    /** A whole multiple of a number. */
    record MultipleOf(BigDecimal factor) implements Rule {
        @Override
        public String text() {
            return "multipleOf " + factor.toPlainString();
        }
    }

    /** At least so many items. */
    record MinItems(int items) implements Rule {
        @Override
        public String text() {
            return "minItems " + items;
        }
    }

    /** At most so many items. */
    record MaxItems(int items) implements Rule {
        @Override
        public String text() {
            return "maxItems " + items;
        }
    }

    /** No two items are the same. */
    record UniqueItems() implements Rule {
        @Override
        public String text() {
            return "uniqueItems";
        }
    }

    /** At least so many members. */
    record MinProperties(int members) implements Rule {
        @Override
        public String text() {
            return "minProperties " + members;
        }
    }

    /** At most so many members. */
    record MaxProperties(int members) implements Rule {
        @Override
        public String text() {
            return "maxProperties " + members;
        }
    }

    /** Members that an object must have. */
    record RequiredMembers(List<String> names) implements Rule {
        public RequiredMembers {
            names = List.copyOf(names);
        }

        @Override
        public String text() {
            return "required " + names;
        }
    }

    /** One of these values; numbers stand without needless zeros. */
    record OneOf(Set<String> values, String text) implements Rule {
        public OneOf {
            values = Set.copyOf(values);
        }
    }

    /** None of these values, which stand for a missing one. */
    record NoneOf(Set<String> values, String text) implements Rule {
        public NoneOf {
            values = Set.copyOf(values);
        }
    }
}
