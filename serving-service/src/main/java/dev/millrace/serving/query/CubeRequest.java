package dev.millrace.serving.query;

import dev.millrace.serving.access.Visit;
import dev.millrace.serving.semantic.QueryException;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a request to one of the doors holds, by GET or by POST.
 *
 * @param query the query or queries, in JSON
 * @param multi whether the client knows answers with several results
 * @param sqlApi whether SQL is asked for in place of a query
 * @param cache whether an answer that is kept will do
 */
record CubeRequest(
        String query, boolean multi, boolean sqlApi, CachePolicy cache, String requestId) {

    private static final int MAX_BODY = 1 << 20;

    static CubeRequest get(HttpServletRequest request) {
        String query = request.getParameter("query");
        if (query == null || query.isEmpty()) {
            throw QueryException.format("Query param is required");
        }
        return new CubeRequest(
                query,
                "multi".equals(request.getParameter("queryType")),
                "sql".equals(request.getParameter("format")),
                policy(request.getParameter("cache")),
                requestId(request));
    }

    /** The question of an address; several have several answers. */
    static CubeRequest embedded(JsonNode query, HttpServletRequest request) {
        return new CubeRequest(
                query.toString(),
                query.isArray() || "multi".equals(request.getParameter("queryType")),
                false,
                CachePolicy.MUST_REVALIDATE,
                requestId(request));
    }

    static CubeRequest post(HttpServletRequest request, JsonMapper json) throws IOException {
        byte[] bytes = request.getInputStream().readNBytes(MAX_BODY + 1);
        if (bytes.length > MAX_BODY) {
            throw QueryException.format("The body is larger than 1 MiB");
        }
        JsonNode body;
        try {
            body = json.readTree(bytes);
        } catch (JacksonException e) {
            throw QueryException.format(
                    "Unable to decode the body as JSON, error: " + e.getOriginalMessage());
        }
        JsonNode query = body == null ? json.missingNode() : body.path("query");
        if (query.isString() ? query.asString().isEmpty() : !query.isContainer()) {
            throw QueryException.format("Query param is required");
        }
        return new CubeRequest(
                query.isString() ? query.asString() : query.toString(),
                "multi".equals(body.path("queryType").asString("")),
                "sql".equals(body.path("format").asString("")),
                policy(body.path("cache").isString() ? body.path("cache").asString() : null),
                requestId(request));
    }

    private static CachePolicy policy(@Nullable String name) {
        return name == null || name.isEmpty() ? CachePolicy.BY_MODEL : CachePolicy.named(name);
    }

    /** The JSON of a query. */
    static JsonNode parse(String query, JsonMapper json) {
        try {
            return json.readTree(query);
        } catch (JacksonException e) {
            throw QueryException.format(
                    "Unable to decode query param as JSON, error: " + e.getOriginalMessage());
        }
    }

    /** An id is told to everybody, and is worth no randomness of the system's. */
    private static String newId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long version = (random.nextLong() & ~0xF000L) | 0x4000L;
        long variant = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return new UUID(version, variant) + "-span-1";
    }

    private static String requestId(HttpServletRequest request) {
        String id = Visit.requestIdOf(request.getHeader("x-request-id"));
        return id.isEmpty() ? newId() : id;
    }
}
