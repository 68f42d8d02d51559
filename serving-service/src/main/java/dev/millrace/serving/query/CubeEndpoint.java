package dev.millrace.serving.query;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.Scope;
import dev.millrace.serving.access.Visit;
import dev.millrace.serving.query.export.ExportFormat;
import dev.millrace.serving.semantic.QueryException;

import io.swagger.v3.oas.annotations.Hidden;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Cube's REST API. */
@RestController
@RequestMapping("/cubejs-api/v1")
class CubeEndpoint {

    private final ServedModel model;
    private final QueryDesk desk;
    private final Questions questions;
    private final Answers answers;
    private final ExportEndpoint exports;
    private final JsonMapper json;

    CubeEndpoint(
            ServedModel model,
            QueryDesk desk,
            Questions questions,
            JsonMapper json,
            ExportEndpoint exports) {
        this.model = model;
        this.desk = desk;
        this.json = json;
        this.questions = questions;
        this.answers = new Answers(json);
        this.exports = exports;
    }

    @GetMapping({"/load", "/subscribe"})
    void load(HttpServletRequest request, HttpServletResponse response, Visit visit)
            throws IOException, HttpMediaTypeNotAcceptableException {
        load(CubeRequest.get(request), visit, request, response);
    }

    @PostMapping({"/load", "/subscribe"})
    void loadByPost(HttpServletRequest request, HttpServletResponse response, Visit visit)
            throws IOException, HttpMediaTypeNotAcceptableException {
        load(CubeRequest.post(request, json), visit, request, response);
    }

    private void load(
            CubeRequest asked,
            Visit visit,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, HttpMediaTypeNotAcceptableException {
        Optional<ExportFormat> format = ResultFormRequest.of(request);
        visit.caller().require(format.isPresent() ? Scope.EXPORT : Scope.LOAD);
        if (format.isPresent()) {
            exports.answer(format.get(), asked, visit, request, response);
        } else {
            load(asked, visit, known(request), response);
        }
    }

    /** What the caller has already. */
    static @Nullable String known(HttpServletRequest request) {
        return request.getHeader(HttpHeaders.IF_NONE_MATCH);
    }

    void load(
            CubeRequest request, Visit visit, @Nullable String known, HttpServletResponse response)
            throws IOException {
        ServedModel.Revision revision = model.current();
        try (Delivery delivery =
                desk.count(
                        request.requestId(),
                        visit,
                        entry -> answer(revision, request, visit.caller(), known, entry))) {
            send(delivery, known, response);
        }
    }

    static void send(Delivery delivery, @Nullable String known, HttpServletResponse response)
            throws IOException {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
        if (delivery.tag() != null) {
            response.setHeader(HttpHeaders.ETAG, delivery.tag());
        }
        if (delivery.isKnown(known)) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLengthLong(delivery.body().length());
        delivery.body().writeTo(response.getOutputStream());
    }

    private Delivery answer(
            ServedModel.Revision revision,
            CubeRequest request,
            Caller caller,
            @Nullable String known,
            QueryDesk.Entry entry) {
        Question question =
                questions.of(revision, Viewers.of(caller), request.query(), entry::asks);
        QuerySet set = question.set();
        if (set.type() != QuerySet.Type.REGULAR && !request.multi()) {
            throw QueryException.format(
                    "'%s' query type is not supported by the client. Please update the client."
                            .formatted(set.type().wireName()));
        }
        question.compiled().forEach(Answers::checkShown);
        Optional<QueryDesk.Held> results = desk.results(request.cache(), caller, question, entry);
        if (results.isEmpty()) {
            entry.continues();
            return Delivery.CONTINUE_WAIT;
        }
        QueryDesk.Held held = results.get();
        ResultMemory.Share memory = desk.memory();
        Runnable sent =
                () -> {
                    memory.close();
                    held.close();
                };
        Supplier<WrittenAnswer> writing =
                () -> answers.write(question, held.results(), request.multi(), memory::take);
        Delivery delivery =
                Delivery.of(
                        () -> question.written(held.results(), request.multi(), writing),
                        held.results(),
                        request.requestId(),
                        known,
                        memory::take,
                        sent);
        if (!delivery.isKnown(known)) {
            entry.rows(held.results());
        }
        return delivery;
    }

    @GetMapping(path = "/sql", produces = MediaType.APPLICATION_JSON_VALUE)
    Object sql(HttpServletRequest request, Visit visit) {
        return sql(CubeRequest.get(request), visit);
    }

    @PostMapping(path = "/sql", produces = MediaType.APPLICATION_JSON_VALUE)
    Object sqlByPost(HttpServletRequest request, Visit visit) throws IOException {
        return sql(CubeRequest.post(request, json), visit);
    }

    private Object sql(CubeRequest request, Visit visit) {
        if (request.sqlApi()) {
            throw QueryException.notOffered("format=sql");
        }
        return answers.sql(question(request, visit));
    }

    private Question question(CubeRequest request, Visit visit) {
        visit.requestId(request.requestId());
        return questions.of(
                model.current(), Viewers.of(visit.caller()), request.query(), visit::members);
    }

    @GetMapping(path = "/dry-run", produces = MediaType.APPLICATION_JSON_VALUE)
    Object dryRun(HttpServletRequest request, Visit visit) {
        return dryRun(CubeRequest.get(request), visit);
    }

    @PostMapping(path = "/dry-run", produces = MediaType.APPLICATION_JSON_VALUE)
    Object dryRunByPost(HttpServletRequest request, Visit visit) throws IOException {
        return dryRun(CubeRequest.post(request, json), visit);
    }

    private Object dryRun(CubeRequest request, Visit visit) {
        return answers.dryRun(question(request, visit));
    }

    @GetMapping(path = "/meta", produces = MediaType.APPLICATION_JSON_VALUE)
    Map<String, Object> meta(
            @RequestParam(defaultValue = "false") boolean onlyViews,
            @RequestParam Map<String, String> parameters,
            Caller caller) {
        ServedModel.Revision revision = model.current();
        List<Map<String, Object>> catalogue = revision.annotations().catalogue(Viewers.of(caller));
        if (parameters.containsKey("extended")) {
            catalogue = new ExtendedCatalogue(revision.compiler().model()).of(catalogue);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(
                "cubes",
                catalogue.stream()
                        .filter(entry -> !onlyViews || "view".equals(entry.get("type")))
                        .toList());
        answer.put("compilerId", revision.name());
        return answer;
    }

    @Hidden
    @RequestMapping(
            path = {"/cubesql", "/pre-aggregations/jobs", "/pre-aggregations/**", "/graphql"},
            produces = MediaType.APPLICATION_JSON_VALUE)
    Object notOffered(HttpServletRequest request) {
        throw QueryException.notOffered(request.getRequestURI().substring("/cubejs-api".length()));
    }
}
