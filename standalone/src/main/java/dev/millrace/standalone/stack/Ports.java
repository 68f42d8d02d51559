package dev.millrace.standalone.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** The TCP ports of a stack, all on the loopback interface. */
public record Ports(int ingestion, int transform, int serving, int postgres, int kafka) {

    private static final int HIGHEST = 65_535;

    /** The usual ports, shifted so that a second stack fits on the same machine. */
    public static Ports shifted(int offset) {
        Ports ports =
                new Ports(
                        8081 + offset,
                        8082 + offset,
                        8083 + offset,
                        15432 + offset,
                        19092 + offset);
        if (ports.ingestion < 1 || ports.kafka > HIGHEST) {
            throw new IllegalArgumentException(
                    "--port-offset "
                            + offset
                            + " leads out of the ports that exist; use one from 0 to "
                            + (HIGHEST - 19092));
        }
        return ports;
    }

    /**
     * Whether a stack could listen.
     *
     * @throws IOException which names every port that another program has
     */
    void checkFree() throws IOException {
        List<String> taken = new ArrayList<>();
        check("ingestion", ingestion, taken);
        check("transform", transform, taken);
        check("serving", serving, taken);
        check("PostgreSQL", postgres, taken);
        check("Kafka", kafka, taken);
        if (!taken.isEmpty()) {
            throw new IOException(
                    (taken.size() == 1 ? "another program uses port " : "other programs use ports ")
                            + String.join(", ", taken)
                            + ".\nStop it, or shift all ports: ./millrace up --port-offset 100");
        }
    }

    private static void check(String name, int port, List<String> taken) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException _) {
            taken.add(port + " (" + name + ")");
        }
    }
}
