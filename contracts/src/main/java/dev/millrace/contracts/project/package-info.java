/**
 * The files of a project: read as one snapshot, parsed with positions, and checked so that all
 * mistakes are told at once, each with file, line, column and what to write instead.
 */
@NullMarked
package dev.millrace.contracts.project;

import org.jspecify.annotations.NullMarked;
