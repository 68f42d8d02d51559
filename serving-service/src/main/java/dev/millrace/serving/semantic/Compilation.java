package dev.millrace.serving.semantic;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.ZoneId;

/**
 * One query on its way to SQL.
 *
 * @param sight the model as the query's viewer sees it
 * @param timezone in whose hours and days time is cut and limited
 * @param origin when units of hours and less begin, if not with the calendar's
 */
record Compilation(
        SemanticModel model,
        Sight sight,
        Viewer viewer,
        ZoneId timezone,
        @Nullable Instant origin) {}
