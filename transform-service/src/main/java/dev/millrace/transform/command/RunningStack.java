package dev.millrace.transform.command;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds the stack that runs on this machine, so that a project can be built in its warehouse. */
public interface RunningStack {

    /**
     * The warehouse of a stack, as the role that builds models.
     *
     * @param data its data directory; null for the one of this directory
     * @return nothing if none runs there
     * @throws IOException if it cannot be found out
     */
    Optional<Warehouse> warehouse(@Nullable Path data) throws IOException;

    /**
     * Has the stack build its own project, and tells each node when it is done.
     *
     * @return whether everything went well
     * @throws IOException if it cannot be asked, or refuses
     */
    boolean build(BuildRequest request, PrintWriter out) throws IOException, InterruptedException;

    /**
     * What a stack is to build.
     *
     * @param data its data directory; null for the one of this directory
     * @param select which nodes, in dbt's selection syntax; empty for all
     * @param exclude which of those not
     */
    record BuildRequest(
            @Nullable Path data, String select, String exclude, Map<String, Object> vars) {}

    /**
     * How a warehouse is reached.
     *
     * @param url JDBC URL without a password
     */
    record Warehouse(String url, String user, String password) {

        /** Leaves the password out. */
        @Override
        public String toString() {
            return url + " as " + user;
        }
    }
}
