package dev.millrace.serving.query;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A caller that reads as much as it likes, and leaves when it likes. */
final class RawCaller implements AutoCloseable {

    private static final int SMALL_BUFFER = 4_096;

    private final Socket socket = new Socket();

    RawCaller(RunningService service, String query, String accept) throws IOException {
        this(service, query, accept, "HTTP/1.1");
    }

    RawCaller(RunningService service, String query, String accept, String version)
            throws IOException {
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), service.port()));
        String request =
                "GET /cubejs-api/v1/load?query=%s %s\r\nHost: localhost\r\nAccept: %s\r\nAuthorization: %s\r\n\r\n"
                        .formatted(
                                RunningService.encoded(query),
                                version,
                                accept,
                                RunningService.token());
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    }

    String read(int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.UTF_8);
    }

    /** Everything up to the end of the connection, without keeping more than its end. */
    String lastOf(int bytes) throws IOException {
        StringBuilder end = new StringBuilder();
        byte[] part = new byte[1 << 16];
        InputStream in = socket.getInputStream();
        try {
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                end.append(new String(part, 0, read, StandardCharsets.ISO_8859_1));
                end.delete(0, Math.max(0, end.length() - bytes));
            }
        } catch (java.net.SocketException e) {
            // Cut off hard, which is an end as well.
        }
        return end.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
