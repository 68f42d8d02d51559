package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;

/** A named condition on rows. */
public record Segment(String name, Position position, SqlTemplate condition, About about) {}
