package dev.millrace.serving.query;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.semantic.Viewer;

/** What policies know of a caller: the groups and the claims of the token. */
final class Viewers {

    private Viewers() {}

    static Viewer of(Caller caller) {
        return Viewer.of(caller.groups(), caller.securityContext());
    }
}
