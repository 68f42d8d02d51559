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
                                        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
                                            socket.setTcpNoDelay(true);
                                            BufferedInputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
                                            OutputStream out = socket.getOutputStream();
                                            while (System.nanoTime() < end) {
                                                long sent = System.nanoTime();
                                                out.write(request);
                                                bytes.addAndGet(answer(in));
                                                int at = (int) count.getAndIncrement();
                                                if (at < MOST) {
                                                    micros[at] = (int) ((System.nanoTime() - sent) / 1_000);
                                                }
                                            }
                                        } catch (IOException e) {
                                            throw new IllegalStateException(e);
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

    /** Reads an answer with a length or in chunks; its length. */
    private static long answer(BufferedInputStream in) throws IOException {
        String status = line(in);
        if (!status.contains(" 200")) {
            throw new IOException("answered " + status);
        }
        long length = -1;
        boolean chunked = false;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).strip());
            }
            chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
        }
        if (!chunked) {
            in.skipNBytes(length);
            return length;
        }
        long whole = 0;
        for (long part = Long.parseLong(line(in), 16); part > 0; part = Long.parseLong(line(in), 16)) {
            in.skipNBytes(part);
            line(in);
            whole += part;
        }
        line(in);
        return whole;
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
