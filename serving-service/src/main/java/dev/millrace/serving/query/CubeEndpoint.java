package dev.millrace.serving.query;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.query.export.ExportFormat;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.QueryException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
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
    private final ExportEndpoint exports;
    private final JsonMapper json;

    CubeEndpoint(
            ServedModel model,
            QueryDesk desk,
            JsonMapper json,
            Clock clock,
            ExportEndpoint exports) {
        this.model = model;
        this.desk = desk;
        this.json = json;
        this.reader = new QueryReader(json, clock);
        this.answers = new Answers(json);
        this.exports = exports;
    }

    @GetMapping(path = "/load", produces = MediaType.ALL_VALUE)
    void load(HttpServletRequest request, HttpServletResponse response, Caller caller)
            throws IOException, HttpMediaTypeNotAcceptableException {
        load(CubeRequest.get(request, json), caller, request, response);
    }

    @PostMapping(path = "/load", produces = MediaType.ALL_VALUE)
    void loadByPost(HttpServletRequest request, HttpServletResponse response, Caller caller)
            throws IOException, HttpMediaTypeNotAcceptableException {
        load(CubeRequest.post(request, json), caller, request, response);
    }

    private void load(
            CubeRequest asked,
            Caller caller,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, HttpMediaTypeNotAcceptableException {
        Optional<ExportFormat> format = ResultFormRequest.of(request);
        if (format.isPresent()) {
            exports.answer(format.get(), asked, caller, request, response);
        } else {
            load(asked, caller, response);
        }
    }

    private void load(CubeRequest request, Caller caller, HttpServletResponse response)
            throws IOException {
        ServedModel.Revision revision = model.current();
        try (Delivery delivery =
                desk.count(
                        request.requestId(),
                        caller,
                        entry -> answer(revision, request, caller, entry))) {
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.setContentLengthLong(delivery.body().length());
            delivery.body().writeTo(response.getOutputStream());
        }
    }

    private Delivery answer(
            ServedModel.Revision revision,
            CubeRequest request,
            Caller caller,
            QueryDesk.Entry entry) {
        QuerySet set = QuerySet.read(request.query(), reader);
        entry.members(set);
        if (set.type() != QuerySet.Type.REGULAR && !request.multi()) {
            throw QueryException.format(
                    "'%s' query type is not supported by the client. Please update the client."
                            .formatted(set.type().wireName()));
        }
        List<CompiledQuery> compiled = compile(revision, set);
        compiled.forEach(Answers::checkShown);
        Optional<Flights.Arrival> results =
                desk.results(revision.name(), caller, request, set, compiled);
        if (results.isEmpty()) {
            entry.continues();
            return Delivery.CONTINUE_WAIT;
        }
        Flights.Arrival arrival = results.get();
        ResultMemory.Share memory = desk.memory();
        Runnable sent =
                () -> {
                    memory.close();
                    arrival.close();
                };
        try {
            entry.rows(arrival.results());
            return new Delivery(
                    answers.load(
                            set,
                            compiled,
                            arrival.results(),
                            revision.annotations(),
                            request,
                            memory::take),
                    sent);
        } catch (RuntimeException | Error e) {
            sent.run();
            throw e;
        }
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
