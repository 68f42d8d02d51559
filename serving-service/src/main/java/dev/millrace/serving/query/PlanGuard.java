package dev.millrace.serving.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.serving.semantic.QueryException;
import dev.millrace.serving.semantic.SqlStatement;

import org.springframework.stereotype.Component;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Looks at what PostgreSQL expects of a query before it is run, so that one that would work for
 * hours, most often by a bad join, is refused with an explanation.
 */
@Component
class PlanGuard {

    private static final int REMEMBERED = 5_000;

    private final GuardSettings settings;
    private final JsonMapper json;

    /** SQL whose estimate was good a moment ago. */
    private final Cache<String, Boolean> good;

    PlanGuard(GuardSettings settings, JsonMapper json) {
        this.settings = settings;
        this.json = json;
        this.good =
                Caffeine.newBuilder()
                        .maximumSize(REMEMBERED)
                        .expireAfterWrite(settings.trustedFor())
                        .build();
    }

    /**
     * Lets a statement pass.
     *
     * @throws QueryException if it is expected to be larger than may be
     */
    void check(Connection connection, SqlStatement statement) throws SQLException {
        if (!settings.isOn() || good.getIfPresent(statement.sql()) != null) {
            return;
        }
        JsonNode plan = plan(connection, statement);
        double cost = plan.path("Total Cost").asDouble();
        if (settings.maxCost() > 0 && cost > settings.maxCost()) {
            throw QueryException.user(
                    "The query would cost about %s, and %s is the most that one may; ask for a shorter range of time or fewer members"
                            .formatted(number(cost), number(settings.maxCost())));
        }
        JsonNode largest = largest(plan, plan);
        double rows = largest.path("Plan Rows").asDouble();
        if (settings.maxRows() > 0 && rows > settings.maxRows()) {
            throw QueryException.user(explain(largest, rows));
        }
        good.put(statement.sql(), true);
    }

    private JsonNode plan(Connection connection, SqlStatement statement) throws SQLException {
        try (PreparedStatement explain =
                connection.prepareStatement(
                        "EXPLAIN (FORMAT JSON) " + ParameterText.toJdbc(statement.sql()))) {
            for (int i = 0; i < statement.values().size(); i++) {
                explain.setObject(i + 1, statement.values().get(i), Types.OTHER);
            }
            try (ResultSet found = explain.executeQuery()) {
                found.next();
                return json.readTree(found.getString(1)).path(0).path("Plan");
            }
        }
    }

    private static JsonNode largest(JsonNode node, JsonNode soFar) {
        JsonNode largest =
                node.path("Plan Rows").asDouble() > soFar.path("Plan Rows").asDouble()
                        ? node
                        : soFar;
        for (JsonNode inner : node.path("Plans")) {
            largest = largest(inner, largest);
        }
        return largest;
    }

    private String explain(JsonNode node, double rows) {
        List<String> inputs = new ArrayList<>();
        for (JsonNode inner : node.path("Plans")) {
            relation(inner, inputs);
        }
        String what =
                inputs.size() > 1
                        ? "joining " + String.join(", ", inputs)
                        : "reading " + node.path("Relation Name").asString("its tables");
        return "The query would come to about %s rows by %s, and %s is the most that one may; look at the joins of the model, or ask for a shorter range of time"
                .formatted(number(rows), what, number((double) settings.maxRows()));
    }

    private static void relation(JsonNode node, List<String> found) {
        if (node.has("Alias")) {
            String name = node.path("Alias").asString("");
            found.add("%s (%s rows)".formatted(name, number(node.path("Plan Rows").asDouble())));
        }
        for (JsonNode inner : node.path("Plans")) {
            relation(inner, found);
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }
}
