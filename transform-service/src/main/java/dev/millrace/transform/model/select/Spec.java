package dev.millrace.transform.model.select;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A selection as it was asked for. */
sealed interface Spec {

    /**
     * One criterion.
     *
     * @param raw as it is written
     * @param where where it is written
     * @param arguments what follows the method after dots
     * @param value what is looked for: text, or another scalar of a file
     * @param indirect which tests come along; null for what the command says
     */
    record Criterion(
            String raw,
            String where,
            Method method,
            List<String> arguments,
            Object value,
            Reach reach,
            @Nullable IndirectSelection indirect)
            implements Spec {

        public Criterion {
            arguments = List.copyOf(arguments);
        }

        String text() {
            return String.valueOf(value);
        }
    }

    /**
     * What is in any of the parts.
     *
     * @param indirect which tests the parts bring along together; null for what the command says
     */
    record Union(List<Spec> parts, @Nullable IndirectSelection indirect) implements Spec {

        public Union {
            parts = List.copyOf(parts);
        }
    }

    /**
     * What is in all of the parts.
     *
     * @param expected what to call it if nothing is; null if that is nothing to tell
     */
    record Intersection(
            List<Spec> parts, @Nullable IndirectSelection indirect, @Nullable Expected expected)
            implements Spec {

        public Intersection {
            parts = List.copyOf(parts);
        }
    }

    /** What is in the one and not in the other. */
    record Difference(Spec from, Spec without) implements Spec {}

    /** A criterion that should match something. */
    record Expected(String where) {}

    /**
     * How far the relatives of what is found are taken in.
     *
     * @param parents steps towards ancestors
     * @param children steps towards descendants
     * @param childrensParents whether all descendants come with all their ancestors
     */
    record Reach(int parents, int children, boolean childrensParents) {

        static final int UNBOUNDED = Integer.MAX_VALUE;

        static final Reach NONE = new Reach(0, 0, false);
    }
}
