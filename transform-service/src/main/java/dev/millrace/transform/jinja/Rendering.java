package dev.millrace.transform.jinja;

import java.util.Map;
import java.util.function.Supplier;

/** One rendering: the names it knows, and what it has used up. Not for several threads. */
public final class Rendering {

    private final Interpreter interpreter;

    public Rendering(Globals globals, Map<String, Filter> filters, Limits limits) {
        this.interpreter = new Interpreter(globals, filters, limits);
    }

    public Rendering(Globals globals) {
        this(globals, Map.of(), Limits.DEFAULT);
    }

    /**
     * Renders a template.
     *
     * @throws JinjaException if the template makes a mistake, or is stopped by a limit
     */
    public Rendered render(Template template) {
        return guarded(template.name(), () -> interpreter.renderer().render(template.statements()));
    }

    /**
     * Calls a macro.
     *
     * @throws JinjaException if it makes a mistake, or is stopped by a limit
     */
    public Object call(MacroDefinition macro, Arguments arguments) {
        return guarded(
                macro.place().template(),
                () -> ((Invocable) interpreter.renderer().bind(macro)).call(arguments));
    }

    private static <T> T guarded(String template, Supplier<T> work) {
        try {
            return work.get();
        } catch (ReturnSignal e) {
            throw new JinjaException("return() stands outside a macro", new Place(template, 1, 1));
        } catch (StackOverflowError e) {
            throw new JinjaException(
                    "the template is nested too deeply, or calls itself without end",
                    new Place(template, 1, 1));
        }
    }
}
