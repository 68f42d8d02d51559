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

/** Gives the columns of a second table the types that they have in the stream's own. */
final class TypeCheck implements RowCheck {

    private final StreamRules rules;
    private final Map<String, ColumnRule> ruleByColumn = new HashMap<>();
    private @Nullable ColumnRule[] ruleBySlot = new ColumnRule[32];

    TypeCheck(StreamRules rules) {
        this.rules = rules;
        rules.columns().forEach(rule -> ruleByColumn.putIfAbsent(rule.column(), rule));
    }

    /** The second table is for what identifies have, and not for all that a contract describes. */
    @Override
    public Map<String, ColumnType> columns() {
        return Map.of();
    }

    @Override
    public String origin(String column) {
        return column;
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
        return NO_OBJECT;
    }

    @Override
    public List<UniqueRule> unique() {
        return List.of();
    }

    @Override
    public RowCheck ofTypes() {
        return this;
    }

    @Override
    public void added(int slot, String column) {
        if (slot >= ruleBySlot.length) {
            ruleBySlot = Arrays.copyOf(ruleBySlot, slot * 2);
        }
        ruleBySlot[slot] = ruleByColumn.get(column);
    }

    @Override
    public void begin() {}

    @Override
    public void members(int object, int count) {}

    @Override
    public void unsent(int slot) {}

    @Override
    public void check(int[] slots, Object[] values, int size) {
        for (int i = 0; i < size; i++) {
            ColumnRule rule = ruleBySlot[slots[i]];
            if (rule != null) {
                values[i] = rule.value().convert(values[i]);
            }
        }
    }

    @Override
    public @Nullable ContractViolationException broken(String constraint) {
        return null;
    }
}
