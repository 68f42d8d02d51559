package dev.millrace.transform.model.context;

import dev.millrace.transform.model.manifest.DbtPackage;

import java.time.Clock;
import java.util.Map;

/**
 * What is the same for every template of one invocation.
 *
 * @param root the project's own package
 * @param packages all packages by name, the project's own among them
 * @param log what {@code log} and {@code print} write to
 * @param reads takes what templates look at outside of the project
 */
public record Workspace(
        DbtPackage root,
        Map<String, DbtPackage> packages,
        Macros macros,
        Target target,
        Invocation invocation,
        ReadableEnvironment environment,
        Clock clock,
        TemplateLog log,
        OutsideReads reads) {

    /** The same for another invocation. */
    public Workspace during(Invocation other) {
        return new Workspace(root, packages, macros, target, other, environment, clock, log, reads);
    }

    /** The same with other macros. */
    public Workspace with(Macros others) {
        return new Workspace(
                root, packages, others, target, invocation, environment, clock, log, reads);
    }
}
