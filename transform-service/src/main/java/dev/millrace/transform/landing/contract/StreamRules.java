package dev.millrace.transform.landing.contract;

import dev.millrace.contracts.project.contract.BoundContract;
import dev.millrace.contracts.project.source.KafkaSource;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.contracts.project.source.Source;
import dev.millrace.contracts.project.source.StreamSettings;
import dev.millrace.transform.landing.row.RowCheck;
import dev.millrace.transform.landing.row.UniqueRule;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.Relation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the rows of one stream are held to, compiled once for a revision of the project. */
public final class StreamRules {

    private final BoundContract bound;
    private final Relation relation;
    private final List<ColumnRule> columns;
    private final List<ObjectRule> objects;
    private final Map<String, ColumnType> types;
    private final Set<String> whole;
    private final List<UniqueRule> unique;
    private final List<UniqueRule> byIdentity;
    private final List<UnenforcedRule> unenforced;

    StreamRules(BoundContract bound, Relation relation, RuleCompiler compiled) {
        this.bound = bound;
        this.relation = relation;
        this.columns = compiled.columns();
        this.objects = compiled.objects();
        this.types = compiled.types();
        this.whole = compiled.whole();
        this.unique = compiled.unique();
        this.byIdentity = compiled.byIdentity();
        this.unenforced = compiled.unenforced();
    }

    /** The rules of a stream; null if it has no contract. */
    public static @Nullable StreamRules of(Source source, StreamSettings stream) {
        BoundContract bound = stream.contract();
        if (bound == null) {
            return null;
        }
        Relation relation = new Relation(source.name(), stream.name());
        RuleCompiler compiler =
                switch (source) {
                    case SegmentSource _ -> RuleCompiler.segment(relation);
                    case KafkaSource _ when stream.isOfChanges() ->
                            RuleCompiler.changes(
                                    relation, stream.format() == StreamSettings.Format.DEBEZIUM);
                    case KafkaSource _ -> RuleCompiler.plain(relation, stream.id());
                };
        compiler.compile(bound.object());
        return new StreamRules(bound, relation, compiler);
    }

    /** The table of the stream. */
    public Relation relation() {
        return relation;
    }

    BoundContract bound() {
        return bound;
    }

    /** A check for the rows of one batch. */
    public RowCheck newCheck() {
        return new StreamCheck(this);
    }

    /** What the table's indexes see to. */
    public List<UniqueRule> unique() {
        return unique;
    }

    List<ColumnRule> columns() {
        return columns;
    }

    List<ObjectRule> objects() {
        return objects;
    }

    Map<String, ColumnType> types() {
        return types;
    }

    boolean keepsWhole(String column) {
        return whole.contains(column);
    }

    /** The contract as a detail names it. */
    String title() {
        return "%s, version %s".formatted(bound.contract().file(), bound.contract().version());
    }

    /** Each rule that is enforced, for people to read. */
    List<EnforcedRule> enforced() {
        List<EnforcedRule> rules = new ArrayList<>();
        for (ObjectRule object : objects) {
            add(rules, object.property(), object.required());
            if (object.least() > 0) {
                add(rules, object.property(), "minProperties " + object.least());
            }
            if (object.most() < Integer.MAX_VALUE) {
                add(rules, object.property(), "maxProperties " + object.most());
            }
        }
        for (ColumnRule column : columns) {
            add(rules, column.property(), column.value().type());
            add(rules, column.property(), column.required());
            column.value().texts().forEach(text -> add(rules, column.property(), text));
        }
        byIdentity.forEach(rule -> add(rules, rule.subject(), rule.rule()));
        return rules;
    }

    /** What the stream is not held to, as it is a stream of changes. */
    List<UnenforcedRule> unenforced() {
        return unenforced;
    }

    /** A rule that is not enforced, what it is about, and what keeps landing from it. */
    record UnenforcedRule(String property, String rule, String why) {}

    /** A rule, and what it is about. */
    record EnforcedRule(String property, String rule) {}

    private static void add(List<EnforcedRule> rules, String property, @Nullable String rule) {
        if (rule != null && !rule.isEmpty()) {
            rules.add(new EnforcedRule(property, rule));
        }
    }
}
