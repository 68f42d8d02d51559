package dev.millrace.serving.query;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Asks a running service for files. */
final class ExportClient {

    static final String CSV = "text/csv";
    static final String ARROW = "application/vnd.apache.arrow.stream";
    static final String PARQUET = "application/vnd.apache.parquet";

    private final RunningService service;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    ExportClient(RunningService service) {
        this.service = service;
    }

    HttpRequest request(String query, @Nullable String accept) {
        HttpRequest.Builder request =
                service.request("/cubejs-api/v1/load?query=" + RunningService.encoded(query))
                        .header("Authorization", RunningService.token())
                        .header("x-request-id", "of-a-test");
        if (accept != null) {
            request.header("Accept", accept);
        }
        return request.build();
    }

    HttpResponse<byte[]> load(String query, String accept) {
        return send(request(query, accept));
    }

    HttpResponse<byte[]> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
