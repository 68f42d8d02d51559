package dev.millrace.transform.model;

import dev.millrace.contracts.project.dbt.DbtTarget;

import java.time.Instant;

/** What is the same for every template of one rendering of the project. */
record ProjectContext(
        String packageName,
        DbtTarget target,
        Macros macros,
        Variables variables,
        ReadableEnvironment environment,
        String invocation,
        Instant startedAt) {}
