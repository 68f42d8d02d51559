package dev.millrace.serving.query;

import dev.millrace.contracts.project.DurationText;
import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.Embeds;
import dev.millrace.serving.access.Visit;
import dev.millrace.serving.semantic.QueryException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/** Makes addresses that answer one question for a while, and answers at them. */
@RestController
@RequestMapping("/v1/embed")
class EmbedEndpoint {

    private static final int MAX_BODY = 64 * 1024;
    private static final Duration USUAL = Duration.ofMinutes(15);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final Embeds embeds;
    private final CubeEndpoint cube;
    private final ServedModel model;
    private final QueryReader reader;
    private final JsonMapper json;

    EmbedEndpoint(
            Embeds embeds, CubeEndpoint cube, ServedModel model, JsonMapper json, Clock clock) {
        this.embeds = embeds;
        this.cube = cube;
        this.model = model;
        this.json = json;
        this.reader = new QueryReader(json, clock);
    }

    /** An address. */
    record View(String url, String token, Instant expiresAt) {}

    @PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    View make(HttpServletRequest request, Visit visit) throws IOException {
        JsonNode body = body(request);
        JsonNode query = body.path("query");
        if (!query.isContainer()) {
            throw QueryException.format("Query param is required");
        }
        QuerySet set = QuerySet.read(query, reader);
        visit.members(AskedMembers.of(set));
        Caller viewer = embeds.viewer(visit.caller(), context(body.path("securityContext")));
        // What cannot be answered is told to whoever makes the page, and not to who sees it.
        model.current().compile(set, Viewers.of(viewer)).forEach(Answers::checkShown);
        Embeds.Made made =
                embeds.make(
                        viewer, visit.caller(), query.toString(), length(body.path("expiresIn")));
        return new View(
                ServletUriComponentsBuilder.fromContextPath(request)
                        .path("/v1/embed/" + made.token())
                        .toUriString(),
                made.token(),
                made.expiresAt());
    }

    private JsonNode body(HttpServletRequest request) throws IOException {
        byte[] bytes = request.getInputStream().readNBytes(MAX_BODY + 1);
        if (bytes.length > MAX_BODY) {
            throw QueryException.format("The body is larger than 64 KiB");
        }
        try {
            return json.readTree(bytes);
        } catch (JacksonException e) {
            throw QueryException.format(
                    "Unable to decode the body as JSON, error: " + e.getOriginalMessage());
        }
    }

    private Map<String, Object> context(JsonNode written) {
        if (written.isMissingNode() || written.isNull()) {
            return Map.of();
        }
        if (!written.isObject()) {
            throw QueryException.format("\"securityContext\" must be an object");
        }
        return json.convertValue(written, OBJECT);
    }

    private static Duration length(JsonNode written) {
        if (written.isMissingNode() || written.isNull()) {
            return USUAL;
        }
        return Optional.ofNullable(duration(written.asString("")))
                .filter(length -> length.toSeconds() >= 1 && length.compareTo(LONGEST) <= 0)
                .orElseThrow(
                        () ->
                                QueryException.format(
                                        "\"expiresIn\" must be a length of time such as 15m or"
                                                + " PT1H, 24h at most"));
    }

    private static @Nullable Duration duration(String text) {
        Optional<Duration> written = DurationText.parse(text);
        if (written.isPresent()) {
            return written.get();
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    @GetMapping(path = "/{token}", produces = MediaType.ALL_VALUE)
    void answer(
            @PathVariable String token,
            @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false)
                    @Nullable String known,
            Embeds.Embedded embedded,
            Visit visit,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        JsonNode query = json.readTree(embedded.query());
        // The address is the secret: it must not go on to where a page's links lead.
        response.setHeader("Referrer-Policy", "no-referrer");
        cube.load(CubeRequest.embedded(query, request), visit, known, response);
    }
}
