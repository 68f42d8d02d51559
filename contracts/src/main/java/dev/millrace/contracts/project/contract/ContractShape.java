package dev.millrace.contracts.project.contract;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.contracts.project.contract.Shape.Keys;

import java.util.Set;

/** The keys of a contract, as the schema of ODCS 3.1 has them; 3.0 has no others. */
final class ContractShape {

    private static final Shape STABLE_ID =
            Shape.matching("[A-Za-z0-9_-]+", "an id of letters, digits, _ and -");
    private static final Shape TEXTS = Shape.list(Shape.TEXT);

    private static final Shape CUSTOM =
            Shape.list(
                    Shape.keys()
                            .with(STABLE_ID, "id")
                            .with(Shape.TEXT, "property", "description")
                            .with(Shape.ANY, "value")
                            .requiring("property", "value"));

    private static final Shape DEFINITIONS =
            Shape.list(
                    Shape.keys()
                            .with(STABLE_ID, "id")
                            .with(Shape.TEXT, "url", "type", "description")
                            .requiring("url", "type"));

    private static final Shape ROLES =
            Shape.list(
                    Shape.keys()
                            .with(STABLE_ID, "id")
                            .with(
                                    Shape.TEXT,
                                    "role",
                                    "description",
                                    "access",
                                    "firstLevelApprovers",
                                    "secondLevelApprovers")
                            .with(CUSTOM, "customProperties")
                            .requiring("role"));

    private static final Shape SUPPORT =
            Shape.list(
                    Shape.keys()
                            .with(STABLE_ID, "id")
                            .with(
                                    Shape.TEXT,
                                    "channel",
                                    "url",
                                    "description",
                                    "tool",
                                    "scope",
                                    "invitationUrl")
                            .with(CUSTOM, "customProperties")
                            .requiring("channel"));

    private static final Shape MEMBERS =
            Shape.list(
                    Shape.keys()
                            .with(STABLE_ID, "id")
                            .with(
                                    Shape.TEXT,
                                    "username",
                                    "name",
                                    "description",
                                    "role",
                                    "dateIn",
                                    "dateOut",
                                    "replacedByUsername")
                            .with(TEXTS, "tags")
                            .with(CUSTOM, "customProperties")
                            .with(DEFINITIONS, "authoritativeDefinitions")
                            .requiring("username"));

    private static final Shape TEAM =
            Shape.keys()
                    .with(STABLE_ID, "id")
                    .with(Shape.TEXT, "name", "description")
                    .with(MEMBERS, "members")
                    .with(TEXTS, "tags")
                    .with(CUSTOM, "customProperties")
                    .with(DEFINITIONS, "authoritativeDefinitions");

    private static final Shape SERVICE_LEVELS =
            Shape.list(
                    Shape.keys()
                            .with(STABLE_ID, "id")
                            .with(
                                    Shape.TEXT,
                                    "property",
                                    "unit",
                                    "element",
                                    "driver",
                                    "description",
                                    "scheduler",
                                    "schedule")
                            .with(Shape.SCALAR, "value", "valueExt")
                            .requiring("property", "value"));

    private static final Shape REFERENCE =
            Shape.matching(
                    "[A-Za-z_][A-Za-z0-9_]*\\.[A-Za-z_][A-Za-z0-9_]*"
                        + "|(?:(?:https?://)?[A-Za-z0-9._\\-/]+\\.yaml#)?/?[A-Za-z_][A-Za-z0-9_]*"
                        + "/[A-Za-z0-9_-]+(?:/[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+)*",
                    "a property, as in table.column or schema/table_id/properties/column_id");

    private static final Keys RELATIONSHIP =
            Shape.keys()
                    .with(Shape.choice("foreignKey"), "type")
                    .with(Shape.listOr(Shape.list(REFERENCE, 1), REFERENCE), "to")
                    .with(CUSTOM, "customProperties")
                    .requiring("to");

    private static final Shape OBJECT_RELATIONSHIPS =
            Shape.list(
                    value -> {
                        RELATIONSHIP
                                .with(Shape.listOr(Shape.list(REFERENCE, 1), REFERENCE), "from")
                                .requiring("from")
                                .check(value);
                        checkBothAlike(value);
                    });

    private static final Keys OPERATORS =
            Shape.keys()
                    .with(Shape.ANY, "mustBe", "mustNotBe")
                    .with(
                            Shape.NUMBER,
                            "mustBeGreaterThan",
                            "mustBeGreaterOrEqualTo",
                            "mustBeLessThan",
                            "mustBeLessOrEqualTo")
                    .with(Shape.pair(), "mustBeBetween", "mustNotBeBetween");

    private static final Keys LIBRARY =
            OPERATORS
                    .with(
                            Shape.choice(
                                    "nullValues",
                                    "missingValues",
                                    "invalidValues",
                                    "duplicateValues",
                                    "rowCount"),
                            "metric")
                    .with(Shape.TEXT, "rule")
                    .with(Shape.mapping(), "arguments")
                    .requiring("metric");

    private static final Keys SQL = OPERATORS.with(Shape.TEXT, "query").requiring("query");

    private static final Keys BY_OTHERS =
            Shape.keys()
                    .with(Shape.TEXT, "engine")
                    .with(ContractShape::textOrKeys, "implementation")
                    .requiring("engine", "implementation");

    private static final Keys QUALITY =
            Shape.keys()
                    .with(STABLE_ID, "id")
                    .with(DEFINITIONS, "authoritativeDefinitions")
                    .with(CUSTOM, "customProperties")
                    .with(TEXTS, "tags")
                    .with(
                            Shape.choice(
                                    "accuracy",
                                    "completeness",
                                    "conformity",
                                    "consistency",
                                    "coverage",
                                    "timeliness",
                                    "uniqueness"),
                            "dimension")
                    .with(Shape.choice("text", "library", "sql", "custom"), "type")
                    .with(
                            Shape.TEXT,
                            "businessImpact",
                            "description",
                            "method",
                            "name",
                            "schedule",
                            "scheduler",
                            "severity",
                            "unit")
                    .and(ContractShape::keysOfCheck);

    private static final Shape CHECKS =
            Shape.list(
                    value -> {
                        QUALITY.check(value);
                        checkOneOperator(value);
                    });

    private static final Keys ELEMENT =
            Shape.keys()
                    .with(STABLE_ID, "id")
                    .with(
                            Shape.TEXT,
                            "name",
                            "physicalType",
                            "physicalName",
                            "description",
                            "businessName")
                    .with(DEFINITIONS, "authoritativeDefinitions")
                    .with(TEXTS, "tags")
                    .with(CUSTOM, "customProperties")
                    .with(CHECKS, "quality");

    private static final Keys PROPERTY =
            ELEMENT.with(
                            Shape.FLAG,
                            "primaryKey",
                            "required",
                            "unique",
                            "partitioned",
                            "criticalDataElement")
                    .with(Shape.WHOLE, "primaryKeyPosition", "partitionKeyPosition")
                    .with(
                            Shape.choice(
                                    "string",
                                    "date",
                                    "timestamp",
                                    "time",
                                    "number",
                                    "integer",
                                    "object",
                                    "array",
                                    "boolean"),
                            "logicalType")
                    .with(
                            Shape.TEXT,
                            "classification",
                            "encryptedName",
                            "transformLogic",
                            "transformDescription")
                    .with(TEXTS, "transformSourceObjects")
                    .with(Shape.list(Shape.ANY), "examples")
                    .with(Shape.list(RELATIONSHIP), "relationships")
                    .and(ContractShape::keysOfType);

    private static final Shape SCHEMA =
            Shape.list(
                    ELEMENT.with(Shape.choice("object"), "logicalType")
                            .with(Shape.TEXT, "dataGranularityDescription")
                            .with(
                                    Shape.list(Shape.later(() -> PROPERTY.requiring("name"))),
                                    "properties")
                            .with(OBJECT_RELATIONSHIPS, "relationships")
                            .requiring("name"));

    /** A whole contract. */
    static final Shape CONTRACT =
            Shape.keys()
                    .with(
                            Shape.TEXT,
                            "version",
                            "id",
                            "name",
                            "tenant",
                            "status",
                            "dataProduct",
                            "domain",
                            "slaDefaultElement",
                            "contractCreatedTs")
                    .with(Shape.choice("DataContract"), "kind")
                    .with(Shape.choice("v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0"), "apiVersion")
                    .with(TEXTS, "tags")
                    .with(ServerShape.SERVERS, "servers")
                    .with(
                            Shape.keys()
                                    .with(Shape.TEXT, "usage", "purpose", "limitations")
                                    .with(DEFINITIONS, "authoritativeDefinitions")
                                    .with(CUSTOM, "customProperties"),
                            "description")
                    .with(SCHEMA, "schema")
                    .with(SUPPORT, "support")
                    .with(
                            Shape.keys()
                                    .with(STABLE_ID, "id")
                                    .with(Shape.NUMBER, "priceAmount")
                                    .with(Shape.TEXT, "priceCurrency", "priceUnit"),
                            "price")
                    .with(Shape.listOr(MEMBERS, TEAM), "team")
                    .with(ROLES, "roles")
                    .with(SERVICE_LEVELS, "slaProperties")
                    .with(DEFINITIONS, "authoritativeDefinitions")
                    .with(CUSTOM, "customProperties")
                    .requiring("version", "apiVersion", "kind", "id", "status");

    private static final Set<String> TEMPORAL = Set.of("date", "timestamp", "time");

    private ContractShape() {}

    /** Lists that servers have as well. */
    static Keys common() {
        return Shape.keys()
                .with(STABLE_ID, "id")
                .with(ROLES, "roles")
                .with(CUSTOM, "customProperties");
    }

    private static Keys keysOfType(YamlMapping property) {
        String type = Shape.word(property, "logicalType");
        Keys keys = Shape.keys().with(options(type), "logicalTypeOptions");
        if (type.isEmpty() || type.equals("object")) {
            keys =
                    keys.with(
                            Shape.list(Shape.later(() -> PROPERTY.requiring("name"))),
                            "properties");
        }
        if (type.isEmpty() || type.equals("array")) {
            keys = keys.with(Shape.later(() -> PROPERTY), "items");
        }
        return keys;
    }

    private static Keys options(String type) {
        if (TEMPORAL.contains(type)) {
            Keys keys =
                    Shape.keys()
                            .with(
                                    Shape.TEXT,
                                    "format",
                                    "minimum",
                                    "exclusiveMinimum",
                                    "maximum",
                                    "exclusiveMaximum");
            return type.equals("date")
                    ? keys
                    : keys.with(Shape.FLAG, "timezone").with(Shape.TEXT, "defaultTimezone");
        }
        return switch (type) {
            case "string" ->
                    Shape.keys()
                            .with(Shape.COUNT, "minLength", "maxLength")
                            .with(Shape.TEXT, "pattern", "format");
            case "integer" ->
                    limits().with(
                                    Shape.choice(
                                            "i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32",
                                            "u64", "u128"),
                                    "format");
            case "number" -> limits().with(Shape.choice("f32", "f64"), "format");
            case "object" ->
                    Shape.keys()
                            .with(Shape.COUNT, "minProperties", "maxProperties")
                            .with(Shape.set(Shape.TEXT), "required");
            case "array" ->
                    Shape.keys()
                            .with(Shape.COUNT, "minItems", "maxItems")
                            .with(Shape.FLAG, "uniqueItems");
            // There is nothing to say of a boolean, and without a type nothing has a meaning.
            default -> Shape.keys();
        };
    }

    private static Keys limits() {
        return Shape.keys()
                .with(Shape.POSITIVE, "multipleOf")
                .with(Shape.NUMBER, "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum");
    }

    private static Keys keysOfCheck(YamlMapping check) {
        String type = Shape.word(check, "type");
        Keys keys = Shape.keys();
        if (type.equals("library") || check.entries().containsKey("metric")) {
            keys = keys.with(LIBRARY);
        }
        if (type.equals("sql")) {
            keys = keys.with(SQL);
        }
        if (type.equals("custom")) {
            keys = keys.with(BY_OTHERS);
        }
        return keys;
    }

    private static void checkOneOperator(YamlValue value) {
        if (!value.isMapping()) {
            return;
        }
        YamlMapping check = value.mapping();
        String type = Shape.word(check, "type");
        boolean measures =
                type.equals("library")
                        || type.equals("sql")
                        || check.entries().containsKey("metric");
        long operators =
                OPERATORS.keys().keySet().stream().filter(check.entries()::containsKey).count();
        if (measures && operators != 1) {
            value.reject(
                    "a check has one of %s; this one has %s"
                            .formatted(
                                    String.join(", ", OPERATORS.keys().keySet()),
                                    operators == 0 ? "none" : "several"));
        }
    }

    private static void checkBothAlike(YamlValue value) {
        if (!value.isMapping()) {
            return;
        }
        YamlValue from = value.mapping().entries().get("from");
        YamlValue to = value.mapping().entries().get("to");
        if (from != null && to != null && from.isList() != to.isList()) {
            value.reject("'from' and 'to' are both one property, or both lists");
        } else if (from != null
                && to != null
                && from.isList()
                && from.items().size() != to.items().size()) {
            value.reject("'from' and 'to' name equally many properties");
        }
    }

    private static void textOrKeys(YamlValue value) {
        if (!value.isMapping()) {
            Shape.TEXT.check(value);
        }
    }
}
