package dev.millrace.contracts.project.dbt;

import dev.millrace.contracts.project.Position;

/** Something that the project asks for and this version leaves out, so that nobody is surprised. */
public record Notice(Position position, String message) {}
