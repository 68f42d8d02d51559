package dev.millrace.standalone.demo;

import dev.millrace.standalone.demo.shop.Door;
import dev.millrace.standalone.demo.shop.Message;
import dev.millrace.standalone.demo.shop.Nature;
import dev.millrace.standalone.demo.shop.Parcel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** Speaks the Segment HTTP Tracking API, as an SDK does: batches, gzip, the key by Basic. */
final class SegmentCarrier implements Carrier {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
    private final URI batch;
    private final Map<Door, String> writeKeys;

    SegmentCarrier(URI ingestion, Map<Door, String> writeKeys) {
        this.batch = ingestion.resolve("/v1/batch");
        this.writeKeys = Map.copyOf(writeKeys);
    }

    @Override
    public Answer send(Parcel parcel, int attempt) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(batch)
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .header("Content-Encoding", "gzip")
                        .header("Authorization", authorization(parcel))
                        .POST(BodyPublishers.ofByteArray(compressed(body(parcel))))
                        .build();
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            return new Answer(attempt, response.statusCode(), response.body());
        } catch (IOException e) {
            return new Answer(attempt, 0, String.valueOf(e));
        }
    }

    @Override
    public void close() {
        http.close();
    }

    private String authorization(Parcel parcel) {
        String key =
                parcel.nature() == Nature.UNKNOWN_KEY
                        ? "a-key-that-nobody-has"
                        : writeKeys.getOrDefault(parcel.door(), "");
        return "Basic "
                + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
    }

    /** The messages as they are; one that was cut off on its way ends with its first half. */
    static String body(Parcel parcel) {
        String whole =
                parcel.messages().stream()
                        .map(Message::body)
                        .collect(Collectors.joining(",", "{\"batch\":[", "]}"));
        return parcel.nature() == Nature.TRUNCATED ? whole.substring(0, whole.length() / 2) : whole;
    }

    private static byte[] compressed(String body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length() / 4);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return bytes.toByteArray();
    }
}
