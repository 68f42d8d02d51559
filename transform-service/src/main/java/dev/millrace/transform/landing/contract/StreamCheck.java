package dev.millrace.transform.landing.contract;

import dev.millrace.transform.landing.row.ContractViolationException;
import dev.millrace.transform.landing.row.RowCheck;
import dev.millrace.transform.landing.row.UniqueRule;
import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Holds the rows of one batch to the rules of their stream. */
final class StreamCheck implements RowCheck {

    private final StreamRules rules;
    private final Map<String, ColumnRule> ruleByColumn = new HashMap<>();
    private final Map<String, ObjectRule> objectByColumn = new HashMap<>();
    private final Violations violations;
    private @Nullable ColumnRule[] ruleBySlot = new ColumnRule[32];

    // Of the row at work: what has its stamp is there.
    private final int[] columnStamp;
    private final int[] objectStamp;
    private final int[] objectMembers;
    private int stamp;

    StreamCheck(StreamRules rules) {
        this.rules = rules;
        this.violations = new Violations(rules.title());
        rules.columns().forEach(rule -> ruleByColumn.putIfAbsent(rule.column(), rule));
        rules.objects().forEach(rule -> objectByColumn.putIfAbsent(rule.column(), rule));
        columnStamp = new int[rules.columns().size()];
        objectStamp = new int[rules.objects().size()];
        objectMembers = new int[rules.objects().size()];
    }

    @Override
    public Map<String, ColumnType> columns() {
        return rules.types();
    }

    @Override
    public String origin(String column) {
        ColumnRule rule = ruleByColumn.get(column);
        return rule == null ? column : rule.property();
    }

    @Override
    public @Nullable ColumnType type(String column) {
        return rules.types().get(column);
    }

    @Override
    public boolean keepsWhole(String column) {
        return rules.keepsWhole(column);
    }

    @Override
    public int object(String column) {
        ObjectRule rule = objectByColumn.get(column);
        return rule == null ? NO_OBJECT : rule.number();
    }

    @Override
    public List<UniqueRule> unique() {
        return rules.unique();
    }

    @Override
    public RowCheck ofTypes() {
        return new TypeCheck(rules);
    }

    @Override
    public void added(int slot, String column) {
        if (slot >= ruleBySlot.length) {
            ruleBySlot = Arrays.copyOf(ruleBySlot, slot * 2);
        }
        ruleBySlot[slot] = ruleByColumn.get(column);
    }

    @Override
    public void begin() {
        stamp++;
        violations.clear();
    }

    @Override
    public void members(int object, int count) {
        objectStamp[object] = stamp;
        objectMembers[object] = count;
    }

    @Override
    public void unsent(int slot) {
        ColumnRule rule = ruleBySlot[slot];
        if (rule != null) {
            columnStamp[rule.number()] = stamp;
        }
    }

    @Override
    public void check(int[] slots, Object[] values, int size) throws ContractViolationException {
        for (int i = 0; i < size; i++) {
            ColumnRule rule = ruleBySlot[slots[i]];
            if (rule != null) {
                columnStamp[rule.number()] = stamp;
                values[i] = rule.value().check(values[i], rule, rule.property(), violations);
            }
        }
        for (ObjectRule object : rules.objects()) {
            check(object);
        }
        for (ColumnRule rule : rules.columns()) {
            String required = rule.required();
            if (required != null
                    && columnStamp[rule.number()] != stamp
                    && (rule.itself() == NO_OBJECT || objectStamp[rule.itself()] != stamp)
                    && isThere(rule.parent())) {
                violations.addMissing(rule.column(), rule.property(), required);
            }
        }
        if (!violations.isEmpty()) {
            throw violations.toException();
        }
    }

    private void check(ObjectRule object) {
        if (objectStamp[object.number()] != stamp) {
            String required = object.required();
            ColumnRule itself = ruleByColumn.get(object.column());
            // Something else that stands in its place is told of already.
            boolean other = itself != null && columnStamp[itself.number()] == stamp;
            if (required != null && !other && isThere(object.parent())) {
                violations.addMissing(object.column(), object.property(), required);
            }
            return;
        }
        int members = objectMembers[object.number()];
        if (members < object.least()) {
            tell(object, "minProperties " + object.least(), members);
        }
        if (members > object.most()) {
            tell(object, "maxProperties " + object.most(), members);
        }
    }

    private void tell(ObjectRule object, String rule, int members) {
        violations.add(
                object.column(), "%s: %s: it has %d".formatted(object.property(), rule, members));
    }

    private boolean isThere(int object) {
        return object == NO_OBJECT || objectStamp[object] == stamp;
    }

    @Override
    public @Nullable ContractViolationException broken(String constraint) {
        for (UniqueRule rule : rules.unique()) {
            if (rule.index().equals(constraint)) {
                Violations found = new Violations(rules.title());
                found.add(
                        rule.columns().getFirst(),
                        "%s: %s: another row has the same".formatted(rule.subject(), rule.rule()));
                return found.toException();
            }
        }
        return null;
    }
}
