package dev.millrace.contracts.project.cube;

import java.util.List;

/**
 * Dimensions from coarse to fine.
 *
 * @param levels each as cube.dimension
 */
public record Hierarchy(String name, List<String> levels, About about) {

    public Hierarchy {
        levels = List.copyOf(levels);
    }
}
