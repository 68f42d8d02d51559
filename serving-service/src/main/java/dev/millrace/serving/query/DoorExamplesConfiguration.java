package dev.millrace.serving.query;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.Embeds;
import dev.millrace.serving.access.Visit;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;

import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import tools.jackson.databind.json.JsonMapper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Describes the metrics doors in OpenAPI, which cannot see what they read from a request. */
@Configuration(proxyBeanMethods = false)
class DoorExamplesConfiguration {

    private static final String CALLER = "caller";
    private static final String CUBE = "/cubejs-api/v1";
    private static final String JSON = "application/json";

    private static final String QUERY =
            """
            {"measures": ["orders.count"], "timeDimensions": [{"dimension": "orders.created_at", "granularity": "day", "dateRange": "last 7 days"}]}\
            """;

    private static final String ANSWER =
            """
            {"query": {"measures": ["orders.count"], "limit": 10000, "timezone": "UTC"}, "lastRefreshTime": "2026-11-27T09:30:00Z", "data": [{"orders.created_at.day": "2026-11-26T00:00:00.000", "orders.created_at": "2026-11-26T00:00:00.000", "orders.count": "42"}], "requestId": "r-1"}\
            """;

    /** Before the operations' own, so that there are components for schemes. */
    private static final int FIRST = -100;

    /**
     * One of the doors.
     *
     * @param scope what a key or token must be for; none for a door without
     * @param query whether it takes a query
     * @param answer an example of what it answers
     */
    private record Door(
            String summary,
            String scope,
            boolean query,
            Map<String, String> parameters,
            Map<String, String> answer) {}

    private static Map<String, Door> doors() {
        Map<String, String> form =
                Map.of(
                        "format",
                        "csv, arrow, parquet or json; or by the header Accept. Files need the scope"
                                + " export",
                        "queryType",
                        "multi, for clients that know answers with several results",
                        "cache",
                        "whether an answer that is kept will do");
        Map<String, String> load = new LinkedHashMap<>();
        load.put(JSON, ANSWER);
        load.put("text/csv", "orders.created_at.day,orders.count\r\n2026-11-26,42\r\n");
        load.put("application/vnd.apache.arrow.stream", "");
        load.put("application/vnd.apache.parquet", "");
        Map<String, Door> doors = new LinkedHashMap<>();
        doors.put(
                CUBE + "/load",
                new Door("Runs a query, or several", "load or export", true, form, load));
        doors.put(
                CUBE + "/subscribe",
                new Door(
                        "The same as load, for clients that subscribe by polling",
                        "load or export",
                        true,
                        form,
                        load));
        doors.put(
                CUBE + "/sql",
                new Door(
                        "Tells the SQL of a query",
                        "sql",
                        true,
                        Map.of(),
                        Map.of(
                                JSON,
                                "{\"sql\": {\"sql\": [\"SELECT count(*) …\", []],"
                                        + " \"aliasNameToMember\": {\"orders__count\":"
                                        + " \"orders.count\"}}}")));
        doors.put(
                CUBE + "/dry-run",
                new Door(
                        "Checks and normalizes a query without running it",
                        "load",
                        true,
                        Map.of(),
                        Map.of(
                                JSON,
                                "{\"queryType\": \"regularQuery\", \"normalizedQueries\":"
                                        + " [{\"measures\": [\"orders.count\"]}]}")));
        doors.put(
                CUBE + "/meta",
                new Door(
                        "The catalogue of cubes and views, as the caller may see it",
                        "meta",
                        false,
                        Map.of(
                                "onlyViews",
                                "true leaves the cubes out",
                                "extended",
                                "with SQL, joins and files"),
                        Map.of(
                                JSON,
                                "{\"cubes\": [{\"name\": \"orders\", \"type\": \"cube\","
                                        + " \"measures\": [{\"name\": \"orders.count\", \"type\":"
                                        + " \"number\"}]}]}")));
        doors.put(
                "/v1/live",
                new Door(
                        "The answer again whenever it changes, as Server-Sent Events",
                        "live",
                        true,
                        Map.of(),
                        Map.of(
                                "text/event-stream",
                                "retry: 1000\n\nevent: answer\nid: a1b2\ndata: "
                                        + ANSWER
                                        + "\n\n")));
        doors.put(
                "/v1/feed/{relation}",
                new Door(
                        "The rows of a relation as they change, in the order of commits",
                        "feed",
                        false,
                        Map.of(
                                "relation",
                                "schema and table, as in web.order_completed",
                                "since",
                                "the cursor of the last answer, or now; all rows come first"
                                        + " without",
                                "limit",
                                "rows of one answer, 1 to 10000",
                                "wait",
                                "seconds to wait for something, 0 to 30"),
                        Map.of(
                                JSON,
                                "{\"data\": [{\"op\": \"upsert\", \"version\": 41, \"changedAt\":"
                                    + " \"2026-11-27T10:00:00.123456+00:00\", \"key\": \"17\","
                                    + " \"row\": {\"id\": 17, \"city\": \"Lyon\"}}], \"cursor\":"
                                    + " \"WzEsIn…\", \"more\": false, \"reset\": false}",
                                "application/x-ndjson",
                                "{\"op\": \"delete\", \"version\": 42, \"key\": \"12\"}\n"
                                        + "{\"cursor\": \"WzEsIn…\", \"more\": false, \"reset\":"
                                        + " false}\n",
                                "text/csv",
                                "_mr_op,_mr_version,_mr_changed_at,_mr_key,id\r\n"
                                        + "upsert,41,2026-11-27T10:00:00Z,17,17\r\n")));
        doors.put(
                "/v1/embed",
                new Door(
                        "Makes an address that answers one question for a while",
                        "embed",
                        true,
                        Map.of(),
                        Map.of(
                                JSON,
                                "{\"url\": \"https://metrics.example/v1/embed/…\", \"token\":"
                                        + " \"…\", \"expiresAt\": \"2026-11-27T09:45:00Z\"}")));
        doors.put(
                "/v1/embed/{token}",
                new Door(
                        "Answers the question of an address, which lets in by itself",
                        "",
                        false,
                        Map.of("token", "what the address was made with"),
                        Map.of(JSON, ANSWER)));
        return doors;
    }

    @Bean
    @Order(FIRST)
    OpenApiCustomizer metricsDoorsInOpenApi() {
        SpringDocUtils.getConfig()
                .addRequestWrapperToIgnore(Caller.class, Visit.class, Embeds.Embedded.class);
        return api -> {
            describeCallers(api);
            doors().forEach(
                            (path, door) -> {
                                PathItem item =
                                        api.getPaths() == null ? null : api.getPaths().get(path);
                                if (item != null) {
                                    item.readOperationsMap()
                                            .forEach(
                                                    (method, operation) ->
                                                            describe(
                                                                    path,
                                                                    door,
                                                                    method
                                                                            == PathItem.HttpMethod
                                                                                    .GET,
                                                                    operation));
                                }
                            });
        };
    }

    private static void describeCallers(OpenAPI api) {
        if (api.getComponents() == null) {
            api.setComponents(new Components());
        }
        api.getComponents()
                .addSecuritySchemes(
                        CALLER,
                        new SecurityScheme()
                                .type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.HEADER)
                                .name("Authorization")
                                .description(
                                        "A JWT or a key of the metrics doors, alone or after"
                                                + " Bearer"));
    }

    private static void describe(String path, Door door, boolean get, Operation operation) {
        operation.setSummary(door.summary());
        operation.setParameters(null);
        operation.setRequestBody(null);
        if (!door.scope().isEmpty()) {
            operation.setDescription("Needs the scope " + door.scope() + ".");
            operation.addSecurityItem(new SecurityRequirement().addList(CALLER));
        }
        if (door.query() && get) {
            operation.addParametersItem(
                    parameter("query", "a query of Cube's, or an array of them")
                            .required(true)
                            .example(QUERY));
        } else if (door.query()) {
            operation.setRequestBody(
                    new RequestBody()
                            .required(true)
                            .content(content(JSON, "{\"query\": " + QUERY + "}")));
        }
        if (get || door.scope().contains("export")) {
            door.parameters()
                    .forEach(
                            (name, words) -> {
                                boolean inPath = path.contains("{" + name + "}");
                                operation.addParametersItem(
                                        parameter(name, words)
                                                .in(inPath ? "path" : "query")
                                                .required(inPath));
                            });
        }
        operation.setResponses(responses(door, path.equals("/v1/embed") ? "201" : "200"));
    }

    private static Parameter parameter(String name, String words) {
        return new Parameter().in("query").name(name).description(words).schema(new StringSchema());
    }

    private static ApiResponses responses(Door door, String success) {
        Content answers = new Content();
        door.answer().forEach((type, example) -> answers.putAll(content(type, example)));
        ApiResponses responses = new ApiResponses();
        responses.addApiResponse(
                success, new ApiResponse().description("The answer").content(answers));
        Map<String, List<String>> refusals = new LinkedHashMap<>();
        refusals.put("400", List.of("The query cannot be answered", "Query param is required"));
        refusals.put(
                "403", List.of("No good token, or not for this", "API scope is missing: load"));
        refusals.put(
                "429",
                List.of(
                        "A budget is used up; see Retry-After",
                        "Error: the budget of 10 requests a second (20 at once) of key acme is used"
                                + " up; ask less often, or let an operator raise it"));
        refusals.put(
                "503",
                List.of(
                        "Too much to do just now; see Retry-After",
                        "Error: try again in a moment"));
        refusals.forEach(
                (status, words) ->
                        responses.addApiResponse(
                                status,
                                new ApiResponse()
                                        .description(words.getFirst())
                                        .content(
                                                content(
                                                        JSON,
                                                        JsonMapper.shared()
                                                                .writeValueAsString(
                                                                        Map.of(
                                                                                "error",
                                                                                words
                                                                                        .getLast()))))));
        return responses;
    }

    private static Content content(String type, String example) {
        MediaType media = new MediaType().schema(new StringSchema());
        if (type.equals(JSON)) {
            media.schema(new ObjectSchema());
        }
        if (!example.isEmpty()) {
            media.example(
                    type.equals(JSON)
                            ? JsonMapper.shared().readValue(example, Object.class)
                            : example);
        }
        return new Content().addMediaType(type, media);
    }
}
