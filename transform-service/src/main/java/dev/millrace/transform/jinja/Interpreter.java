package dev.millrace.transform.jinja;

import dev.millrace.contracts.project.NearestName;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Evaluates expressions. */
final class Interpreter {

    private final Names names;
    private final Undefineds undefineds;
    private final Budget budget;
    private final Operators operators;
    private final Access access;
    private final Filters filters;
    private final Renderer renderer;

    Interpreter(Globals globals, Settings settings) {
        this.undefineds = settings.undefineds();
        this.budget = new Budget(settings.limits());
        this.operators = new Operators(budget);
        this.renderer = new Renderer(this, budget, settings.imports());
        this.names = new Names(globals, budget, this);
        this.access = new Access(new Methods(budget), undefineds, renderer::bind);
        this.filters = new Filters(this, budget, settings.filters());
    }

    Renderer renderer() {
        return renderer;
    }

    /** What a name that has no value gives. */
    Undefined unknown(Supplier<String> problem) {
        return Undefined.unknown(problem, undefineds);
    }

    /** What a value gives that has not what it is asked for. */
    Undefined absent(Supplier<String> problem) {
        return Undefined.absent(problem, undefineds);
    }

    Object attribute(Object target, String name) {
        return access.attribute(target, name);
    }

    /** The attribute of a name, but no item. */
    Object attributeOnly(Object target, String name) {
        return access.attributeOnly(target, name);
    }

    Object item(Object target, Object key) {
        return access.item(target, key);
    }

    Object evaluate(Expression expression, Scope scope) {
        try {
            budget.step();
            return switch (expression) {
                case Expression.Literal literal -> literal.value();
                case Expression.Name name -> names.find(name.name(), scope);
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
                        access.attribute(evaluate(attribute.target(), scope), attribute.name());
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
        return bound == null ? None.NONE : evaluate(bound, scope);
    }

    private List<Object> defined(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            try {
                values.add(Values.usable(evaluate(expression, scope)));
            } catch (JinjaException e) {
                throw e.at(expression.place());
            }
        }
        return values;
    }

    private DictValue dict(Expression.DictOf expression, Scope scope) {
        DictValue dict = new DictValue();
        for (Expression.Entry entry : expression.entries()) {
            dict.put(
                    Values.usable(evaluate(entry.key(), scope)),
                    Values.usable(evaluate(entry.value(), scope)));
        }
        return dict;
    }

    private Object sign(Expression.Sign sign, Scope scope) {
        Object operand = evaluate(sign.operand(), scope);
        if (operand instanceof Operand value) {
            Object signed = sign.negative() ? value.negated() : value;
            if (signed != null) {
                return signed;
            }
        }
        if (!Values.isNumber(operand)) {
            Values.requireDefined(operand);
            throw new JinjaException("a sign needs a number, not " + Values.typeName(operand));
        }
        return sign.negative()
                ? Arithmetic.negate(operand)
                : operand instanceof Boolean flag ? (Object) (flag ? 1L : 0L) : operand;
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
        if (conditional.otherwise() != null) {
            return evaluate(conditional.otherwise(), scope);
        }
        return Undefined.absent(
                () -> "the condition is false and there is no 'else'", Undefineds.LENIENT);
    }

    private Object item(Expression.Item item, Scope scope) {
        Object target = evaluate(item.target(), scope);
        Object part = access.item(target, evaluate(item.key(), scope));
        if (item.key() instanceof Expression.Slice && !(part instanceof Undefined)) {
            budget.spend(Elements.length(part));
        }
        return part;
    }

    Arguments arguments(Expression.Passed passed, Scope scope) {
        List<Object> positional = new ArrayList<>();
        for (Expression value : passed.positional()) {
            positional.add(evaluate(value, scope));
        }
        if (passed.spread() != null) {
            positional.addAll(Elements.iterate(evaluate(passed.spread(), scope)));
        }
        Map<String, Object> keywords = new LinkedHashMap<>();
        for (Expression.Keyword keyword : passed.keywords()) {
            keywords.put(keyword.name(), evaluate(keyword.value(), scope));
        }
        if (passed.spreadKeywords() != null) {
            Object spread = evaluate(passed.spreadKeywords(), scope);
            if (!(spread instanceof Map<?, ?> map)) {
                Values.requireDefined(spread);
                throw new JinjaException("'**' needs a dict", passed.spreadKeywords().place());
            }
            map.forEach((key, value) -> keywords.put(Values.text(key), value));
        }
        budget.spend(positional.size() + keywords.size());
        return new Arguments(positional, keywords);
    }

    Object call(Expression.Call call, Arguments arguments, Scope scope) {
        Object callee = evaluate(call.callee(), scope);
        if (callee instanceof Undefined undefined) {
            // A name that is misspelt is a mistake in each mode: nothing can define it later on.
            if (undefined.chainable() && !(call.callee() instanceof Expression.Name)) {
                return undefined;
            }
            throw undefined.mistake().at(call.callee().place());
        }
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
        Filter filter =
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
        if (name.equals("filter")) {
            return filters.names().contains(Values.text(value));
        }
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
