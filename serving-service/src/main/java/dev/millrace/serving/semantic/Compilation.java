package dev.millrace.serving.semantic;

import java.time.ZoneId;

/**
 * One query on its way to SQL.
 *
 * @param sight the model as the query's viewer sees it
 * @param timezone in whose hours and days time is cut and limited
 */
record Compilation(SemanticModel model, Sight sight, Viewer viewer, ZoneId timezone) {}
