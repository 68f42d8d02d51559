package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.Statement.Target;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Carries out statements. */
final class Renderer {

    private final Interpreter interpreter;
    private final Budget budget;
    private final Imports imports;
    private final Scope global = new Scope(null);

    /** How a list of statements ended: at its end, or by leaving the turn or the loop around it. */
    private enum Outcome {
        DONE,
        CONTINUE,
        BREAK
    }

    Renderer(Interpreter interpreter, Budget budget, Imports imports) {
        this.interpreter = interpreter;
        this.budget = budget;
        this.imports = imports;
    }

    Rendered render(List<Statement> statements) {
        Output output = new Output(budget);
        run(statements, new Scope(global), output);
        return output.rendered();
    }

    Object value(List<Statement> statements) {
        return statements.size() == 1 && statements.getFirst() instanceof Statement.Print print
                ? evaluate(print.value(), new Scope(global))
                : render(statements).text();
    }

    /** Makes a macro that was looked up callable; any other value stays. */
    Object bind(Object value) {
        return value instanceof MacroDefinition macro ? new Macro(macro, global, this) : value;
    }

    Object evaluate(Expression expression, Scope scope) {
        return interpreter.evaluate(expression, scope);
    }

    Undefined absent(Supplier<String> problem) {
        return interpreter.absent(problem);
    }

    Object run(MacroDefinition macro, Scope scope) {
        budget.enter();
        try {
            Output output = new Output(budget);
            run(macro.body(), scope, output);
            return output.toString();
        } catch (ReturnSignal signal) {
            return signal.value();
        } finally {
            budget.leave();
        }
    }

    private Outcome run(List<Statement> statements, Scope scope, Output output) {
        for (Statement statement : statements) {
            Outcome outcome;
            try {
                budget.step();
                outcome = run(statement, scope, output);
            } catch (JinjaException e) {
                throw e.at(statement.place());
            }
            if (outcome != Outcome.DONE) {
                return outcome;
            }
        }
        return Outcome.DONE;
    }

    private Outcome run(Statement statement, Scope scope, Output output) {
        switch (statement) {
            case Statement.Text text -> output.append(text.text(), text.place(), true);
            case Statement.Print print -> {
                Object value = evaluate(print.value(), scope);
                try {
                    output.append(Values.text(value), print.place(), false);
                } catch (JinjaException e) {
                    throw e.at(print.value().place());
                }
            }
            case Statement.If conditional -> {
                return conditional(conditional, scope, output);
            }
            case Statement.For loop -> loop(loop, evaluate(loop.items(), scope), scope, output, 0);
            case Statement.Set set -> assign(set.target(), evaluate(set.value(), scope), scope);
            case Statement.SetBlock block ->
                    assign(
                            block.target(),
                            filtered(block.filters(), captured(block.body(), scope), scope),
                            scope);
            case Statement.With with -> {
                Scope inner = new Scope(scope);
                with.bindings()
                        .forEach(
                                binding ->
                                        assign(
                                                binding.target(),
                                                evaluate(binding.value(), scope),
                                                inner));
                return run(with.body(), inner, output);
            }
            case Statement.DefineMacro define ->
                    scope.set(define.macro().name(), new Macro(define.macro(), scope, this));
            case Statement.Verbatim block -> {
                // The caller takes it from Template.blocks().
            }
            case Statement.CallBlock call ->
                    output.append(Values.text(callBlock(call, scope)), call.place(), false);
            case Statement.FilterBlock block ->
                    output.append(
                            Values.text(
                                    filtered(
                                            block.filters(), captured(block.body(), scope), scope)),
                            block.place(),
                            false);
            case Statement.Import tag ->
                    scope.set(tag.alias(), module(tag.template(), tag.withContext(), scope));
            case Statement.FromImport tag -> {
                Module module = module(tag.template(), tag.withContext(), scope);
                tag.names().forEach((name, alias) -> scope.set(alias, member(module, name)));
            }
            case Statement.Do action -> evaluate(action.value(), scope);
            case Statement.Break leave -> {
                return Outcome.BREAK;
            }
            case Statement.Continue leave -> {
                return Outcome.CONTINUE;
            }
        }
        return Outcome.DONE;
    }

    private Outcome conditional(Statement.If conditional, Scope scope, Output output) {
        for (Statement.Branch branch : conditional.branches()) {
            if (interpreter.truth(branch.condition(), scope)) {
                return run(branch.body(), scope, output);
            }
        }
        return run(conditional.otherwise(), scope, output);
    }

    private void loop(
            Statement.For statement, Object value, Scope scope, Output output, int depth) {
        List<Object> items = Elements.iterate(value);
        budget.spend(items.size());
        if (statement.filter() != null) {
            List<Object> kept = new ArrayList<>();
            for (Object item : items) {
                Scope turn = new Scope(scope);
                assign(statement.target(), item, turn);
                if (interpreter.truth(statement.filter(), turn)) {
                    kept.add(item);
                }
            }
            items = kept;
        }
        Loop loop =
                new Loop(
                        items,
                        depth,
                        statement.recursive() ? recursion(statement, scope, depth) : null);
        boolean finishedTurn = false;
        Outcome outcome = Outcome.DONE;
        while (outcome != Outcome.BREAK && loop.next()) {
            Scope turn = new Scope(scope);
            turn.set("loop", loop);
            assign(statement.target(), loop.item(), turn);
            outcome = run(statement.body(), turn, output);
            finishedTurn |= outcome == Outcome.DONE;
        }
        // As in Jinja: also if there were turns, but each was left by 'continue' or 'break'.
        if (!finishedTurn) {
            run(statement.otherwise(), new Scope(scope), output);
        }
    }

    private Function<Object, Object> recursion(Statement.For statement, Scope scope, int depth) {
        return items -> {
            budget.enter();
            try {
                Output inner = new Output(budget);
                loop(statement, items, scope, inner, depth + 1);
                return inner.toString();
            } finally {
                budget.leave();
            }
        };
    }

    private String captured(List<Statement> body, Scope scope) {
        Output inner = new Output(budget);
        run(body, new Scope(scope), inner);
        return inner.toString();
    }

    private Object filtered(List<Expression.Filter> filters, String text, Scope scope) {
        Object value = text;
        for (Expression.Filter filter : filters) {
            value =
                    interpreter.filter(
                            filter.name(), value, interpreter.arguments(filter.passed(), scope));
        }
        return value;
    }

    private Module module(Expression template, boolean withContext, Scope scope) {
        String name = Values.text(evaluate(template, scope));
        Template found = imports.find(name);
        if (found == null) {
            throw new JinjaException("there is no template '" + name + "' to import");
        }
        budget.enter();
        try {
            Scope own = new Scope(withContext ? scope : global);
            Output output = new Output(budget);
            run(found.statements(), own, output);
            Map<String, Object> names = own.variables();
            names.keySet().removeIf(each -> each.startsWith("_"));
            return new Module(name, names, output.toString());
        } finally {
            budget.leave();
        }
    }

    private Object member(Module module, String name) {
        Object value = module.attribute(name);
        return value != null
                ? value
                : interpreter.unknown(
                        () -> "the template '" + module.template() + "' has no '" + name + "'");
    }

    private Object callBlock(Statement.CallBlock block, Scope scope) {
        Arguments passed = interpreter.arguments(block.call().passed(), scope);
        Map<String, Object> keywords = new LinkedHashMap<>(passed.keywords());
        keywords.put("caller", new Macro(block.caller(), scope, this));
        return interpreter.call(block.call(), new Arguments(passed.positional(), keywords), scope);
    }

    private void assign(Target target, Object value, Scope scope) {
        switch (target) {
            case Target.Variable variable -> scope.set(variable.name(), value);
            case Target.NamespaceAttribute attribute -> {
                if (!(scope.find(attribute.namespace()) instanceof Namespace namespace)) {
                    throw new JinjaException(
                            "'"
                                    + attribute.namespace()
                                    + "' is no namespace(); only those have attributes to set",
                            attribute.place());
                }
                namespace.set(attribute.attribute(), Values.usable(value));
            }
            case Target.Several several -> {
                List<Object> items = Elements.iterate(value);
                if (items.size() != several.targets().size()) {
                    throw new JinjaException(
                            "there are "
                                    + several.targets().size()
                                    + " names for "
                                    + items.size()
                                    + " values",
                            several.place());
                }
                for (int i = 0; i < items.size(); i++) {
                    assign(several.targets().get(i), items.get(i), scope);
                }
            }
        }
    }
}
