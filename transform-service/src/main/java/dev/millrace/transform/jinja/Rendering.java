package dev.millrace.transform.jinja;

import java.util.Map;
import java.util.function.Supplier;

/** One rendering: the names it knows, and what it has used up. Not for several threads. */
public final class Rendering {

    private final Interpreter interpreter;

    public Rendering(Globals globals, Settings settings) {
        this.interpreter = new Interpreter(globals, settings);
    }

    public Rendering(Globals globals, Map<String, Filter> filters, Limits limits) {
        this(globals, Settings.DEFAULT.withFilters(filters).withLimits(limits));
    }

    public Rendering(Globals globals) {
        this(globals, Settings.DEFAULT);
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
     * The value of a template that is one expression and nothing else; of any other its text.
     *
     * @throws JinjaException if the template makes a mistake, or is stopped by a limit
     */
    public Object value(Template template) {
        return guarded(template.name(), () -> interpreter.renderer().value(template.statements()));
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
