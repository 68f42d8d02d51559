package dev.millrace.transform.jinja;

import dev.millrace.contracts.project.NearestName;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** Evaluates expressions. */
final class Interpreter {

    private final Globals globals;
    private final Budget budget;
    private final Operators operators;
    private final Methods methods;
    private final Filters filters;
    private final Renderer renderer;

    Interpreter(Globals globals, Map<String, Filter> otherFilters, Limits limits) {
        this.globals = globals;
        this.budget = new Budget(limits);
        this.operators = new Operators(budget);
        this.methods = new Methods(budget);
        this.filters = new Filters(this, budget, otherFilters);
        this.renderer = new Renderer(this, budget);
    }

    Renderer renderer() {
        return renderer;
    }

    Object evaluate(Expression expression, Scope scope) {
        try {
            budget.step();
            return switch (expression) {
                case Expression.Literal literal -> literal.value();
                case Expression.Name name -> name(name.name(), scope);
                case Expression.ListOf list -> new ListValue(defined(list.items(), scope));
                case Expression.TupleOf tuple -> new TupleValue(defined(tuple.items(), scope));
                case Expression.DictOf dict -> dict(dict, scope);
                case Expression.Not not -> !truth(not.operand(), scope);
                case Expression.Sign sign -> sign(sign, scope);
                case Expression.And and -> {
                    Object left = evaluate(and.left(), scope);
                    yield Values.truth(left) ? evaluate(and.right(), scope) : left;
                }
                case Expression.Or or -> {
                    Object left = evaluate(or.left(), scope);
                    yield Values.truth(left) ? left : evaluate(or.right(), scope);
                }
                case Expression.Arithmetic arithmetic ->
                        operators.apply(
                                arithmetic.operator(),
                                evaluate(arithmetic.left(), scope),
                                evaluate(arithmetic.right(), scope));
                case Expression.Concatenation concatenation -> concatenate(concatenation, scope);
                case Expression.Comparison comparison -> compare(comparison, scope);
                case Expression.Conditional conditional -> choose(conditional, scope);
                case Expression.Attribute attribute ->
                        attribute(evaluate(attribute.target(), scope), attribute.name());
                case Expression.Item item -> item(item, scope);
                case Expression.Slice slice ->
                        new Slices(
                                bound(slice.start(), scope),
                                bound(slice.stop(), scope),
                                bound(slice.step(), scope));
                case Expression.Call call -> call(call, arguments(call.passed(), scope), scope);
                case Expression.Filter filter ->
                        filter(
                                filter.name(),
                                evaluate(filter.target(), scope),
                                arguments(filter.passed(), scope));
                case Expression.Test test ->
                        test(
                                test.name(),
                                evaluate(test.target(), scope),
                                arguments(test.passed(), scope));
            };
        } catch (JinjaException e) {
            throw e.at(expression.place());
        }
    }

    boolean truth(Expression expression, Scope scope) {
        Object value = evaluate(expression, scope);
        try {
            return Values.truth(value);
        } catch (JinjaException e) {
            throw e.at(expression.place());
        }
    }

    private Object bound(@Nullable Expression bound, Scope scope) {
        return bound == null ? None.NONE : Values.requireDefined(evaluate(bound, scope));
    }

    private List<Object> defined(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            try {
                values.add(Values.requireDefined(evaluate(expression, scope)));
            } catch (JinjaException e) {
                throw e.at(expression.place());
            }
        }
        return values;
    }

    private Object name(String name, Scope scope) {
        Object value = scope.find(name);
        if (value == null) {
            value = globals.find(name);
        }
        if (value == null) {
            value = Builtins.find(name, budget);
        }
        if (value != null) {
            return renderer.bind(value);
        }
        TreeSet<String> known = new TreeSet<>(scope.names());
        known.addAll(globals.names());
        known.addAll(Builtins.NAMES);
        return new Undefined("'" + name + "' is undefined" + NearestName.hint(name, known), false);
    }

    private DictValue dict(Expression.DictOf expression, Scope scope) {
        DictValue dict = new DictValue();
        for (Expression.Entry entry : expression.entries()) {
            dict.put(
                    Values.requireDefined(evaluate(entry.key(), scope)),
                    Values.requireDefined(evaluate(entry.value(), scope)));
        }
        return dict;
    }

    private Object sign(Expression.Sign sign, Scope scope) {
        Object operand = evaluate(sign.operand(), scope);
        if (!Values.isNumber(operand)) {
            Values.requireDefined(operand);
            throw new JinjaException("a sign needs a number, not " + Values.typeName(operand));
        }
        if (operand instanceof Double number) {
            return sign.negative() ? -number : number;
        }
        long number = Values.integer(operand);
        return sign.negative() ? operators.apply("-", 0L, number) : (Object) number;
    }

    private String concatenate(Expression.Concatenation concatenation, Scope scope) {
        StringBuilder text = new StringBuilder();
        for (Expression part : concatenation.parts()) {
            String piece;
            try {
                piece = Values.text(evaluate(part, scope));
            } catch (JinjaException e) {
                throw e.at(part.place());
            }
            budget.spend(piece.length());
            text.append(piece);
        }
        return text.toString();
    }

    private boolean compare(Expression.Comparison comparison, Scope scope) {
        Object left = comparable(evaluate(comparison.first(), scope));
        for (Expression.Link link : comparison.links()) {
            Object right = comparable(evaluate(link.operand(), scope));
            if (!Tests.compare(link.operator(), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private static Object comparable(Object value) {
        if (value instanceof Undefined undefined && !undefined.falsy()) {
            throw undefined.mistake();
        }
        return value;
    }

    private Object choose(Expression.Conditional conditional, Scope scope) {
        if (truth(conditional.condition(), scope)) {
            return evaluate(conditional.then(), scope);
        }
        return conditional.otherwise() == null
                ? "" // as Jinja prints it
                : evaluate(conditional.otherwise(), scope);
    }

    private Object item(Expression.Item item, Scope scope) {
        Object target = evaluate(item.target(), scope);
        Object key = evaluate(item.key(), scope);
        if (key instanceof Slices slices) {
            Object part = slices.of(target);
            budget.spend(Values.length(part));
            return part;
        }
        return item(target, Values.requireDefined(key));
    }

    /** {@code target.name}: a method or attribute, or else the item of that key. */
    Object attribute(Object target, String name) {
        Values.requireDefined(target);
        if (target instanceof HasAttributes object) {
            Object value = object.attribute(name);
            return value == null ? missing(target, name) : renderer.bind(value);
        }
        Invocable method = methods.find(target, name);
        if (method != null) {
            return method;
        }
        if (target instanceof Map<?, ?> map) {
            Object value = map.get(name);
            return value == null ? missing(target, name) : renderer.bind(value);
        }
        return missing(target, name);
    }

    /** {@code target[key]}: an item, or else the attribute of that name. */
    Object item(Object target, Object key) {
        Values.requireDefined(target);
        if (target instanceof Map<?, ?> map) {
            Object value = map.get(key);
            if (value != null) {
                return renderer.bind(value);
            }
        } else if (Values.isInteger(key)
                && (target instanceof List<?> || target instanceof String)) {
            List<Object> items = Values.iterate(target);
            long index = Values.integer(key);
            long at = index < 0 ? items.size() + index : index;
            return at >= 0 && at < items.size()
                    ? items.get((int) at)
                    : new Undefined(
                            "the "
                                    + Values.typeName(target)
                                    + " has no item "
                                    + index
                                    + ", only "
                                    + items.size(),
                            true);
        }
        return key instanceof String name ? attribute(target, name) : missing(target, key);
    }

    private static Undefined missing(Object target, Object name) {
        List<String> known =
                target instanceof Map<?, ?> map
                        ? map.keySet().stream().map(Values::text).toList()
                        : List.of();
        return new Undefined(
                "this "
                        + Values.typeName(target)
                        + " has no attribute '"
                        + Values.text(name)
                        + "'"
                        + NearestName.hint(Values.text(name), known),
                true);
    }

    Arguments arguments(Expression.Passed passed, Scope scope) {
        List<Object> positional = new ArrayList<>();
        for (Expression value : passed.positional()) {
            positional.add(evaluate(value, scope));
        }
        if (passed.spread() != null) {
            positional.addAll(Values.iterate(evaluate(passed.spread(), scope)));
        }
        Map<String, Object> keywords = new LinkedHashMap<>();
        for (Expression.Keyword keyword : passed.keywords()) {
            keywords.put(keyword.name(), evaluate(keyword.value(), scope));
        }
        if (passed.spreadKeywords() != null) {
            if (!(evaluate(passed.spreadKeywords(), scope) instanceof Map<?, ?> map)) {
                throw new JinjaException("'**' needs a dict", passed.spreadKeywords().place());
            }
            map.forEach((key, value) -> keywords.put(Values.text(key), value));
        }
        budget.spend(positional.size() + keywords.size());
        return new Arguments(positional, keywords);
    }

    Object call(Expression.Call call, Arguments arguments, Scope scope) {
        Object callee = evaluate(call.callee(), scope);
        Values.requireDefined(callee);
        if (!(callee instanceof Invocable invocable)) {
            throw new JinjaException(
                    "'" + Values.typeName(callee) + "' cannot be called", call.place());
        }
        if (invocable instanceof Macro macro) {
            try {
                return macro.call(arguments);
            } catch (JinjaException e) {
                throw e.at(macro.place()).within(macro.name(), call.place());
            }
        }
        Object result = invocable.call(arguments);
        if (result instanceof String text) {
            budget.spend(text.length());
        }
        return renderer.bind(result);
    }

    Object filter(String name, Object value, Arguments arguments) {
        budget.step();
        BiFunction<Object, Arguments, Object> filter =
                filters.find(name)
                        .orElseThrow(
                                () ->
                                        new JinjaException(
                                                "there is no filter '"
                                                        + name
                                                        + "'"
                                                        + NearestName.hint(name, filters.names())));
        Object result = filter.apply(value, arguments);
        if (result instanceof String text) {
            budget.spend(text.length());
        }
        return result;
    }

    boolean test(String name, Object value, Arguments arguments) {
        budget.step();
        return Tests.find(name)
                .orElseThrow(
                        () ->
                                new JinjaException(
                                        "there is no test '"
                                                + name
                                                + "'"
                                                + NearestName.hint(name, Tests.names())))
                .test(value, arguments);
    }
}
