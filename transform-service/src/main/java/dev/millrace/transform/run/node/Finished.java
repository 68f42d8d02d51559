package dev.millrace.transform.run.node;

import dev.millrace.transform.model.manifest.Step;

import java.time.Duration;

/**
 * What a run has done with one step, as the hooks at its end are told.
 *
 * @param thread name of the thread that did it
 */
public record Finished(Step step, NodeOutcome outcome, Duration took, String thread) {}
