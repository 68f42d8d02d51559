package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A macro within a rendering: what it prints, or what it passes to {@code return}. */
final class Macro implements Invocable, HasAttributes {

    private final MacroDefinition definition;
    private final Scope home;
    private final Renderer renderer;

    Macro(MacroDefinition definition, Scope home, Renderer renderer) {
        this.definition = definition;
        this.home = home;
        this.renderer = renderer;
    }

    String name() {
        return definition.name();
    }

    Place place() {
        return definition.place();
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "name" -> definition.name();
            case "arguments" -> new TupleValue(definition.parameterNames());
            case "catch_varargs" -> definition.mentions("varargs");
            case "catch_kwargs" -> definition.mentions("kwargs");
            case "caller" -> definition.mentions("caller");
            default -> null;
        };
    }

    @Override
    public Object call(Arguments arguments) {
        Scope scope = new Scope(home);
        bind(arguments, scope);
        return renderer.run(definition, scope);
    }

    private void bind(Arguments arguments, Scope scope) {
        List<MacroDefinition.Parameter> parameters = definition.parameters();
        List<Object> positional = arguments.positional();
        DictValue rest = new DictValue(arguments.keywords());
        Object caller = arguments.keywords().get("caller");
        boolean declaresCaller = definition.parameterNames().contains("caller");
        if (caller != null && !declaresCaller) {
            scope.set("caller", caller);
            rest.remove("caller");
        }
        for (int i = 0; i < parameters.size(); i++) {
            MacroDefinition.Parameter parameter = parameters.get(i);
            Object named = rest.remove(parameter.name());
            if (i < positional.size() && named != null) {
                throw new JinjaException(
                        "the macro '" + name() + "' got '" + parameter.name() + "' twice");
            }
            Object passed = i < positional.size() ? positional.get(i) : named;
            scope.set(parameter.name(), value(parameter, passed, scope));
        }
        List<Object> more =
                positional.subList(
                        Math.min(parameters.size(), positional.size()), positional.size());
        if (!more.isEmpty() && !definition.mentions("varargs")) {
            throw new JinjaException(
                    "the macro '"
                            + name()
                            + "' takes "
                            + parameters.size()
                            + " arguments, got "
                            + positional.size());
        }
        if (!rest.isEmpty() && !definition.mentions("kwargs")) {
            throw new JinjaException(
                    "the macro '"
                            + name()
                            + "' has no parameter '"
                            + Values.text(rest.firstEntry().getKey())
                            + "'");
        }
        scope.set("varargs", new TupleValue(more));
        scope.set("kwargs", rest);
    }

    private Object value(
            MacroDefinition.Parameter parameter, @Nullable Object passed, Scope scope) {
        if (passed != null) {
            return passed;
        }
        if (parameter.otherwise() != null) {
            return renderer.evaluate(parameter.otherwise(), scope);
        }
        return renderer.absent(
                () ->
                        "the parameter '"
                                + parameter.name()
                                + "' of the macro '"
                                + name()
                                + "' was not passed");
    }
}
