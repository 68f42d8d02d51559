package dev.millrace.transform.model.parse;

import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.model.context.Target;
import dev.millrace.transform.model.context.TemplateLog;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.DbtPackage;

import java.time.Clock;
import java.util.Map;

/** What is given before a project is read: where it goes, and for what. */
public record ProjectBasis(
        Target target,
        Invocation invocation,
        ReadableEnvironment environment,
        Clock clock,
        TemplateLog log) {

    Workspace workspace(DbtPackage root, Map<String, DbtPackage> packages, Macros macros) {
        return new Workspace(root, packages, macros, target, invocation, environment, clock, log);
    }
}
