package dev.millrace.transform.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The names that a piece of a template reads and calls.
 *
 * @param names names that are read
 * @param calls calls of names, in their order
 */
record Mentions(Set<String> names, List<CallSite> calls) {

    Mentions {
        names = Set.copyOf(names);
        calls = List.copyOf(calls);
    }

    /** Gathers names and calls while a template is parsed. */
    static final class Collector {

        private final List<String> names = new ArrayList<>();
        private final List<CallSite> calls = new ArrayList<>();

        /** A point in the template. */
        record Mark(int names, int calls) {}

        void name(String name) {
            names.add(name);
        }

        void call(Expression.Call call) {
            CallSite site = CallSite.of(call);
            if (site != null) {
                calls.add(site);
            }
        }

        Mark mark() {
            return new Mark(names.size(), calls.size());
        }

        /** What was mentioned between a point and now. */
        Mentions since(Mark mark) {
            return new Mentions(
                    Set.copyOf(names.subList(mark.names(), names.size())),
                    calls.subList(mark.calls(), calls.size()));
        }
    }
}
