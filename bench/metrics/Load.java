import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks one address over some connections for some seconds, each as soon as it has its answer: {@code
 * java Load.java URL CONNECTIONS SECONDS TOKEN}. Prints requests a second, and percentiles in
 * microseconds. It reads no more of an answer than its length, so that the servers have the machine.
 */
public class Load {

    private static final int MOST = 2_000_000;

    public static void main(String[] arguments) throws Exception {
        URI uri = URI.create(arguments[0]);
        int connections = Integer.parseInt(arguments[1]);
        double seconds = Double.parseDouble(arguments[2]);
        byte[] request =
                ("GET " + uri.getRawPath() + "?" + uri.getRawQuery() + " HTTP/1.1\r\nHost: " + uri.getHost()
                                + "\r\nAuthorization: " + arguments[3] + "\r\nAccept: application/json\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        int[] micros = new int[MOST];
        AtomicLong count = new AtomicLong();
        AtomicLong bytes = new AtomicLong();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        Thread[] threads = new Thread[connections];
        long began = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            threads[i] =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            while (System.nanoTime() < end) {
                                                converse(uri, request, micros, count, bytes, end);
                                            }
                                        } catch (IOException e) {
                                            e.printStackTrace();
                                            System.exit(1);
                                        }
                                    });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double took = (System.nanoTime() - began) / 1e9;
        int n = (int) Math.min(count.get(), MOST);
        Arrays.sort(micros, 0, n);
        System.out.printf(
                "{\"requests_per_second\": %.0f, \"p50\": %d, \"p99\": %d, \"bytes\": %d}%n",
                count.get() / took, micros[n / 2], micros[(int) (n * 0.99)], bytes.get() / Math.max(1, count.get()));
    }

    /** Asks over one connection until the end, or until the server has had enough of it. */
    private static void converse(URI uri, byte[] request, int[] micros, AtomicLong count, AtomicLong bytes, long end) throws IOException {
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setTcpNoDelay(true);
            BufferedInputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            OutputStream out = socket.getOutputStream();
            boolean open = true;
            while (open && System.nanoTime() < end) {
                long sent = System.nanoTime();
                out.write(request);
                Answer answer = answer(in);
                open = answer.open();
                bytes.addAndGet(answer.length());
                int at = (int) count.getAndIncrement();
                if (at < MOST) {
                    micros[at] = (int) ((System.nanoTime() - sent) / 1_000);
                }
            }
        }
    }

    /**
     * @param open whether the server takes more requests over the connection
     */
    private record Answer(long length, boolean open) {}

    /** Reads an answer with a length or in chunks. */
    private static Answer answer(BufferedInputStream in) throws IOException {
        String status = line(in);
        if (!status.contains(" 200")) {
            throw new IOException("answered " + status);
        }
        long length = -1;
        boolean chunked = false;
        boolean open = true;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).strip());
            }
            open &= !lower.startsWith("connection:") || !lower.contains("close");
            chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
        }
        if (!chunked) {
            in.skipNBytes(length);
            return new Answer(length, open);
        }
        long whole = 0;
        for (long part = Long.parseLong(line(in), 16); part > 0; part = Long.parseLong(line(in), 16)) {
            in.skipNBytes(part);
            line(in);
            whole += part;
        }
        line(in);
        return new Answer(whole, open);
    }

    private static String line(BufferedInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the connection ended");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
