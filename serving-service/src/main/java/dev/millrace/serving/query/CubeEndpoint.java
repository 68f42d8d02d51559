package dev.millrace.serving.query;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.QueryException;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Cube's REST API. */
@RestController
@RequestMapping(path = "/cubejs-api/v1", produces = MediaType.APPLICATION_JSON_VALUE)
class CubeEndpoint {

    private final ServedModel model;
    private final QueryDesk desk;
    private final QueryReader reader;
    private final Answers answers;
    private final JsonMapper json;

    CubeEndpoint(ServedModel model, QueryDesk desk, JsonMapper json, Clock clock) {
        this.model = model;
        this.desk = desk;
        this.json = json;
        this.reader = new QueryReader(json, clock);
        this.answers = new Answers(json);
    }

    @GetMapping("/load")
    ResponseEntity<byte[]> load(HttpServletRequest request, Caller caller) {
        return load(CubeRequest.get(request, json), caller);
    }

    @PostMapping("/load")
    ResponseEntity<byte[]> loadByPost(HttpServletRequest request, Caller caller)
            throws IOException {
        return load(CubeRequest.post(request, json), caller);
    }

    private ResponseEntity<byte[]> load(CubeRequest request, Caller caller) {
        ServedModel.Revision revision = model.current();
        return desk.count(
                request.requestId(),
                caller,
                entry -> {
                    QuerySet set = QuerySet.read(request.query(), reader);
                    entry.members(set);
                    if (set.type() != QuerySet.Type.REGULAR && !request.multi()) {
                        throw QueryException.format(
                                "'%s' query type is not supported by the client. Please update the client."
                                        .formatted(set.type().wireName()));
                    }
                    List<CompiledQuery> compiled = compile(revision, set);
                    compiled.forEach(Answers::checkShown);
                    Optional<List<ResultRows>> rows =
                            desk.rows(revision.name(), caller, request, set, compiled);
                    if (rows.isEmpty()) {
                        entry.continues();
                        return answer(
                                "{\"error\":\"Continue wait\"}"
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    }
                    entry.rows(rows.get());
                    return answer(
                            answers.load(
                                    set,
                                    compiled,
                                    rows.get(),
                                    revision.annotations(),
                                    request.requestId(),
                                    desk.now(),
                                    request.multi()));
                });
    }

    private static ResponseEntity<byte[]> answer(byte[] body) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(body);
    }

    private static List<CompiledQuery> compile(ServedModel.Revision revision, QuerySet set) {
        return set.queries().stream()
                .map(query -> revision.compiler().compile(query.query()))
                .toList();
    }

    @GetMapping("/sql")
    Object sql(HttpServletRequest request) {
        return sql(CubeRequest.get(request, json));
    }

    @PostMapping("/sql")
    Object sqlByPost(HttpServletRequest request) throws IOException {
        return sql(CubeRequest.post(request, json));
    }

    private Object sql(CubeRequest request) {
        if (request.sqlApi()) {
            throw QueryException.notOffered("format=sql");
        }
        QuerySet set = QuerySet.read(request.query(), reader);
        return answers.sql(set, compile(model.current(), set));
    }

    @GetMapping("/dry-run")
    Object dryRun(HttpServletRequest request) {
        return dryRun(CubeRequest.get(request, json));
    }

    @PostMapping("/dry-run")
    Object dryRunByPost(HttpServletRequest request) throws IOException {
        return dryRun(CubeRequest.post(request, json));
    }

    private Object dryRun(CubeRequest request) {
        QuerySet set = QuerySet.read(request.query(), reader);
        return answers.dryRun(set, compile(model.current(), set));
    }

    @GetMapping("/meta")
    Map<String, Object> meta(
            @RequestParam(defaultValue = "false") boolean onlyViews,
            @RequestParam Map<String, String> parameters) {
        if (parameters.containsKey("extended")) {
            throw QueryException.notOffered("The extended catalogue");
        }
        ServedModel.Revision revision = model.current();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(
                "cubes",
                revision.annotations().catalogue().stream()
                        .filter(entry -> !onlyViews || "view".equals(entry.get("type")))
                        .toList());
        answer.put("compilerId", revision.name());
        return answer;
    }

    @RequestMapping({"/cubesql", "/pre-aggregations/jobs", "/pre-aggregations/**", "/graphql"})
    Object notOffered(HttpServletRequest request) {
        throw QueryException.notOffered(request.getRequestURI().substring("/cubejs-api".length()));
    }
}
