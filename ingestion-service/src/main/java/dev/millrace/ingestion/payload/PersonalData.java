package dev.millrace.ingestion.payload;

import dev.millrace.contracts.project.source.PiiRule;
import dev.millrace.contracts.project.source.PiiRule.Action;
import dev.millrace.contracts.record.Identifiers;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a source's rules make of its payloads. A rule is about a column, not about a spelling: it
 * meets every key that would land in the same column, so {@code traits.firstName} also meets {@code
 * First Name} and {@code first_name}. It reaches through arrays; on an object it means each value
 * inside. Where several rules meet one value, the one with the longest path counts.
 */
public final class PersonalData {

    private static final Json MASK = new Json.Text("****");

    /**
     * What a rule reaches into is masked below this level, so that no nesting costs the stack.
     * Events that are taken are less deep.
     */
    static final int MAX_DEPTH = 200;

    private final List<Rule> rules;
    private final @Nullable KeyedHash hash;

    /**
     * The rules of one source.
     *
     * @param hash needed if a rule says hash
     */
    public PersonalData(List<PiiRule> rules, @Nullable KeyedHash hash) {
        this.rules =
                rules.stream().filter(rule -> rule.action() != Action.KEEP).map(Rule::of).toList();
        this.hash = hash;
        if (hash == null && needsKey(rules)) {
            throw new IllegalArgumentException("a rule says hash, and there is no key");
        }
    }

    public static boolean needsKey(List<PiiRule> rules) {
        return rules.stream().anyMatch(rule -> rule.action() == Action.HASH);
    }

    /** Whether payloads stay as they are. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** The payload as it may be stored, if it is an event or an array of events. */
    public Json apply(Json payload) {
        return isEmpty() ? payload : rewrite(payload, new Where(begin(), null, false, MAX_DEPTH));
    }

    /** As {@link #apply}, but each object inside may be where an event begins. */
    public Json applyAnywhere(Json payload) {
        return isEmpty() ? payload : rewrite(payload, new Where(List.of(), null, true, MAX_DEPTH));
    }

    /**
     * What equal bytes have in common and nobody can guess them by; empty without a key, as the
     * plain digest of an address tells the address to whoever tries some.
     */
    public Optional<String> fingerprint(byte[] bytes) {
        return Optional.ofNullable(hash).map(keyed -> keyed.of(bytes));
    }

    private List<Progress> begin() {
        return rules.stream().map(rule -> new Progress(rule, 0)).toList();
    }

    private Json rewrite(Json value, Where where) {
        if (where.meetsNothing()) {
            return value;
        }
        return switch (value) {
            case Json.Struct struct -> {
                if (where.levels == 0) {
                    yield MASK;
                }
                Where inside = where.anywhere ? where.with(begin()) : where;
                Map<String, Json> fields = new LinkedHashMap<>();
                for (Map.Entry<String, Json> field : struct.fields().entrySet()) {
                    rewrite(fields, field.getKey(), field.getValue(), inside);
                }
                yield new Json.Struct(fields);
            }
            case Json.Sequence sequence -> {
                if (where.levels == 0) {
                    yield MASK;
                }
                Where inside = where.deeper(where.open, where.action);
                List<Json> items = new ArrayList<>();
                for (Json item : sequence.items()) {
                    items.add(rewrite(item, inside));
                }
                yield new Json.Sequence(items);
            }
            case Json.Text text -> replace(text, text.value(), where.action);
            case Json.Numeral numeral -> replace(numeral, numeral.digits(), where.action);
            case Json.Literal literal ->
                    literal == Json.Literal.NULL
                            ? literal
                            : replace(literal, literal.word(), where.action);
        };
    }

    private void rewrite(Map<String, Json> fields, String key, Json value, Where where) {
        List<Progress> open = where.open;
        String column = open.isEmpty() ? key : Identifiers.snakeCase(key);
        List<Progress> deeper = new ArrayList<>();
        Rule met = null;
        for (Progress progress : open) {
            for (int words = 1; words <= progress.left(); words++) {
                if (!progress.column(words).equals(column)) {
                    continue;
                }
                if (words < progress.left()) {
                    deeper.add(new Progress(progress.rule, progress.passed + words));
                } else if (met == null || met.columns.size() < progress.rule.columns.size()) {
                    met = progress.rule;
                }
            }
        }
        Action action = met == null ? where.action : met.action;
        if (action != Action.DROP) {
            fields.put(key, rewrite(value, where.deeper(deeper, action)));
        }
    }

    private Json replace(Json value, String text, @Nullable Action action) {
        return switch (action) {
            case null -> value;
            case KEEP -> value;
            case MASK -> MASK;
            case DROP -> Json.Literal.NULL;
            case HASH -> hash == null ? Json.Literal.NULL : new Json.Text(hash.of(text));
        };
    }

    /** A rule with, for each beginning and each number of words of its path, their column. */
    private record Rule(List<List<String>> columns, Action action) {

        static Rule of(PiiRule rule) {
            List<String> words = rule.path().stream().map(Identifiers::snakeCase).toList();
            List<List<String>> columns = new ArrayList<>();
            for (int from = 0; from < words.size(); from++) {
                List<String> joined = new ArrayList<>();
                for (int to = from + 1; to <= words.size(); to++) {
                    joined.add(Identifiers.shorten(String.join("_", words.subList(from, to))));
                }
                columns.add(joined);
            }
            return new Rule(columns, rule.action());
        }
    }

    /** How much of a rule's path lies behind. */
    private record Progress(Rule rule, int passed) {

        int left() {
            return rule.columns.size() - passed;
        }

        String column(int words) {
            return rule.columns.get(passed).get(words - 1);
        }
    }

    /**
     * Where in a payload we are.
     *
     * @param open the rules whose path may go on here
     * @param action what becomes of each value here
     * @param anywhere whether a rule may begin at each object
     * @param levels how many more there may be
     */
    private record Where(
            List<Progress> open, @Nullable Action action, boolean anywhere, int levels) {

        boolean meetsNothing() {
            return open.isEmpty() && action == null && !anywhere;
        }

        Where with(List<Progress> more) {
            List<Progress> all = new ArrayList<>(open);
            all.addAll(more);
            return new Where(all, action, anywhere, levels);
        }

        Where deeper(List<Progress> stillOpen, @Nullable Action inherited) {
            return new Where(stillOpen, inherited, anywhere, levels - 1);
        }
    }
}
