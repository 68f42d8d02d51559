package dev.millrace.transform.model.parse;

import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.context.OutsideReads;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.model.context.Target;
import dev.millrace.transform.model.context.TemplateLog;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.DbtPackage;

import java.time.Clock;
import java.util.Map;

/**
 * What is given before a project is read: where it goes, and for what.
 *
 * @param reads takes what templates look at outside of the project while it is read
 */
public record ProjectBasis(
        Target target,
        Invocation invocation,
        ReadableEnvironment environment,
        Clock clock,
        TemplateLog log,
        OutsideReads reads) {

    public ProjectBasis(
            Target target,
            Invocation invocation,
            ReadableEnvironment environment,
            Clock clock,
            TemplateLog log) {
        this(target, invocation, environment, clock, log, new OutsideReads());
    }

    /** What templates are rendered with once the project was read. */
    public Workspace workspace(DbtPackage root, Map<String, DbtPackage> packages, Macros macros) {
        return new Workspace(
                root, packages, macros, target, invocation, environment, clock, log, reads);
    }

    /** The same while it is read: what templates look at is noted. */
    Workspace reading(DbtPackage root, Map<String, DbtPackage> packages, Macros macros) {
        return new Workspace(
                root,
                packages,
                macros,
                target,
                invocation,
                reads.noting(environment),
                reads.noting(clock),
                log,
                reads);
    }
}
