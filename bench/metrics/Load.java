import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks one or several over some connections, each as soon as it has its answer: {@code java Load CONNECTIONS SECONDS
 * TARGET...}, where a target is {@code http URL TOKEN} or {@code jdbc URL USER PASSWORD SQL}. Several take turns, a second
 * each, until each has had its seconds: what else the machine does meanwhile is the same for all. Prints of each, in their
 * order, requests a second, and percentiles in microseconds. It reads no more of an answer than its length, so that the
 * servers have the machine.
 */
public class Load {

    private static final int MOST = 2_000_000;
    private static final double TURN_SECONDS = 1;

    /** A connection to what is measured. */
    private interface Asker extends AutoCloseable {
        /** The bytes of the answer. */
        long ask() throws Exception;
    }

    /** Opens connections. */
    private interface Target {
        Asker open() throws Exception;
    }

    /** What came of a target. */
    private static final class Result {
        private final int[] micros = new int[MOST];
        private final AtomicLong count = new AtomicLong();
        private final AtomicLong bytes = new AtomicLong();

        void add(long nanos, long length) {
            bytes.addAndGet(length);
            int at = (int) count.getAndIncrement();
            if (at < MOST) {
                micros[at] = (int) (nanos / 1_000);
            }
        }

        String words(double seconds) {
            int n = (int) Math.min(count.get(), MOST);
            Arrays.sort(micros, 0, n);
            return String.format(
                    Locale.ROOT,
                    "{\"requests_per_second\": %.0f, \"p50\": %d, \"p99\": %d, \"bytes\": %d}",
                    count.get() / seconds, micros[n / 2], micros[(int) (n * 0.99)], bytes.get() / Math.max(1, count.get()));
        }
    }

    public static void main(String[] arguments) throws Exception {
        Iterator<String> words = List.of(arguments).iterator();
        int connections = Integer.parseInt(words.next());
        double seconds = Double.parseDouble(words.next());
        List<Target> targets = new ArrayList<>();
        while (words.hasNext()) {
            targets.add(target(words));
        }
        List<Result> results = targets.stream().map(_ -> new Result()).toList();
        double turn = targets.size() == 1 ? seconds : Math.min(TURN_SECONDS, seconds);
        long began = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            threads.add(Thread.ofPlatform().start(() -> askInTurns(targets, results, began, seconds, turn)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println(results.stream().map(result -> result.words(seconds)).toList());
    }

    private static Target target(Iterator<String> words) {
        if (words.next().equals("http")) {
            URI uri = URI.create(words.next());
            String token = words.next();
            return () -> new Http(uri, token);
        }
        String url = words.next();
        String user = words.next();
        String password = words.next();
        String sql = words.next();
        return () -> new Jdbc(url, user, password, sql);
    }

    private static void askInTurns(List<Target> targets, List<Result> results, long began, double seconds, double turn) {
        List<Asker> askers = new ArrayList<>();
        try {
            for (Target target : targets) {
                askers.add(target.open());
            }
            long end = began + (long) (seconds * targets.size() * 1e9);
            for (long sent = System.nanoTime(); sent < end; sent = System.nanoTime()) {
                int at = (int) ((sent - began) / (turn * 1e9)) % targets.size();
                long length = askers.get(at).ask();
                results.get(at).add(System.nanoTime() - sent, length);
            }
            for (Asker asker : askers) {
                asker.close();
            }
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    /** Over one connection, or the next when the server has had enough of it. */
    private static final class Http implements Asker {

        private final URI uri;
        private final byte[] request;
        private Socket socket;
        private BufferedInputStream in;
        private OutputStream out;
        private boolean open;

        Http(URI uri, String token) throws IOException {
            this.uri = uri;
            request =
                    ("GET " + uri.getRawPath() + "?" + uri.getRawQuery() + " HTTP/1.1\r\nHost: " + uri.getHost()
                                    + "\r\nAuthorization: " + token + "\r\nAccept: application/json\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII);
            connect();
        }

        private void connect() throws IOException {
            socket = new Socket(uri.getHost(), uri.getPort());
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            out = socket.getOutputStream();
            open = true;
        }

        @Override
        public long ask() throws IOException {
            if (!open) {
                socket.close();
                connect();
            }
            out.write(request);
            return answer();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }

        /** Reads an answer with a length or in chunks. */
        private long answer() throws IOException {
            String status = line();
            if (!status.contains(" 200")) {
                throw new IOException("answered " + status);
            }
            long length = -1;
            boolean chunked = false;
            for (String header = line(); !header.isEmpty(); header = line()) {
                String lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Long.parseLong(lower.substring(15).strip());
                }
                open &= !lower.startsWith("connection:") || !lower.contains("close");
                chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
            }
            if (!chunked) {
                in.skipNBytes(length);
                return length;
            }
            long whole = 0;
            for (long part = Long.parseLong(line(), 16); part > 0; part = Long.parseLong(line(), 16)) {
                in.skipNBytes(part);
                line();
                whole += part;
            }
            line();
            return whole;
        }

        private String line() throws IOException {
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

    /** Runs SQL, and reads all of its values as text. */
    private static final class Jdbc implements Asker {

        private final Connection connection;
        private final PreparedStatement statement;

        Jdbc(String url, String user, String password, String sql) throws SQLException {
            connection = DriverManager.getConnection(url, user, password);
            connection.setReadOnly(true);
            statement = connection.prepareStatement(sql);
        }

        @Override
        public long ask() throws SQLException {
            long characters = 0;
            try (ResultSet result = statement.executeQuery()) {
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    for (int i = 1; i <= columns; i++) {
                        characters += String.valueOf(result.getString(i)).length();
                    }
                }
            }
            return characters;
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
