package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Position;
import dev.millrace.transform.jinja.CallSite;
import dev.millrace.transform.model.manifest.Node;

import java.util.List;

/** Finds where a node's code refers to something, as far as that stands there in words. */
final class CallPlaces {

    private CallPlaces() {}

    /** The place of the first call with these arguments; the node's own if there is none. */
    static Position of(Node node, String function, List<String> arguments) {
        for (CallSite call : node.template().calls()) {
            boolean meant =
                    (call.name().equals(function) || call.name().equals("builtins." + function))
                            && call.positional().equals(arguments);
            if (meant) {
                return JinjaProblems.position(call.place());
            }
        }
        return node.position();
    }
}
