package dev.millrace.contracts.project.cube;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.Stream;

/**
 * Who may see which members and which rows of a cube or view. What no policy allows is denied.
 *
 * @param groups whom it is for; {@link #EVERYBODY} for all
 * @param conditions on the caller's token; all must hold
 * @param members which members it shows
 * @param masked which of the other members it shows with their mask in place of the value; null for
 *     none
 * @param rows what must be true of the rows that it shows; null for all rows
 */
public record AccessPolicy(
        List<String> groups,
        List<TokenCondition> conditions,
        Members members,
        @Nullable Members masked,
        @Nullable RowRule rows) {

    /** Stands for every group. */
    public static final String EVERYBODY = "*";

    /**
     * Some of the members.
     *
     * @param includes their names; null for all of them
     * @param excludes names of those that are not meant even so
     */
    public record Members(@Nullable List<String> includes, List<String> excludes) {

        /** All members. */
        public static final Members ALL = new Members(null, List.of());

        /** Whether the member is among them. */
        public boolean has(String member) {
            return (includes == null || includes.contains(member)) && !excludes.contains(member);
        }

        public Members {
            includes = includes == null ? null : List.copyOf(includes);
            excludes = List.copyOf(excludes);
        }
    }

    /** What must be true of a caller's token. */
    public sealed interface TokenCondition {}

    /** The claim is there, and neither false nor zero nor empty. */
    public record Holds(Claim claim) implements TokenCondition {}

    /** The claim has this text; or is not there, if the text is null. */
    public record Equals(Claim claim, @Nullable String text) implements TokenCondition {}

    /** The condition is not true. */
    public record Not(TokenCondition condition) implements TokenCondition {}

    /** What must be true of a row. */
    public sealed interface RowRule {}

    /** The names of the members that a rule compares. */
    static Stream<String> members(@Nullable RowRule rule) {
        return switch (rule) {
            case null -> Stream.empty();
            case All(List<RowRule> rules) -> rules.stream().flatMap(AccessPolicy::members);
            case Any(List<RowRule> rules) -> rules.stream().flatMap(AccessPolicy::members);
            case On on -> Stream.of(on.member());
        };
    }

    /** All of the rules. */
    public record All(List<RowRule> rules) implements RowRule {

        public All {
            rules = List.copyOf(rules);
        }
    }

    /** At least one of the rules. */
    public record Any(List<RowRule> rules) implements RowRule {

        public Any {
            rules = List.copyOf(rules);
        }
    }

    /**
     * A filter on a member, as queries have them.
     *
     * @param member its name in the cube or view
     */
    public record On(String member, Operator operator, List<Value> values) implements RowRule {

        public On {
            values = List.copyOf(values);
        }
    }

    /** What a member is compared with. */
    public sealed interface Value {}

    /** Text; or that there is none, if it is null. */
    public record Literal(@Nullable String text) implements Value {}

    /** A claim of the caller's token; if it is a list, each of its items. */
    public record Claim(List<String> path) implements Value {

        public Claim {
            path = List.copyOf(path);
        }

        @Override
        public String toString() {
            return String.join(".", path);
        }
    }

    public AccessPolicy {
        groups = List.copyOf(groups);
        conditions = List.copyOf(conditions);
    }
}
