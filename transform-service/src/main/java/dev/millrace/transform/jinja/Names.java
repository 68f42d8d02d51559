package dev.millrace.transform.jinja;

import dev.millrace.contracts.project.NearestName;

import java.util.TreeSet;

/** Finds the values of names: those that templates set, those given, and Jinja's own. */
final class Names {

    private final Globals globals;
    private final Budget budget;
    private final Interpreter interpreter;

    Names(Globals globals, Budget budget, Interpreter interpreter) {
        this.globals = globals;
        this.budget = budget;
        this.interpreter = interpreter;
    }

    Object find(String name, Scope scope) {
        Object value = scope.find(name);
        if (value == null) {
            value = globals.find(name);
        }
        if (value == null) {
            value = Builtins.find(name, budget);
        }
        if (value != null) {
            return interpreter.renderer().bind(value);
        }
        return interpreter.unknown(
                () -> {
                    TreeSet<String> known = new TreeSet<>(scope.names());
                    known.addAll(globals.names());
                    known.addAll(Builtins.NAMES);
                    String hint = NearestName.hint(name, known);
                    return "'"
                            + name
                            + "' is undefined"
                            + (hint.isEmpty() ? globals.advice(name) : hint);
                });
    }
}
