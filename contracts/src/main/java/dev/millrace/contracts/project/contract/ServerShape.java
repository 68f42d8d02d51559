package dev.millrace.contracts.project.contract;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.contract.Shape.Keys;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The keys of a contract's servers, which differ by their type. Millrace connects to none. */
final class ServerShape {

    private static final String PORT = "port";
    private static final String LOCATION = "location";

    /** By type: the keys, of which those with a star are required. */
    private static final Map<String, Keys> BY_TYPE = new TreeMap<>();

    static {
        add("location*", "api");
        add("stagingDir* schema* catalog regionName", "athena");
        add("location* format* delimiter", "azure");
        add("project* dataset*", "bigquery");
        add("host* port* database*", "clickhouse", "mysql", "synapse");
        add("host catalog* schema*", "databricks");
        add("host* port* database", "denodo");
        add("host* port* schema", "dremio");
        add("database* schema", "duckdb");
        add("account* database* location format", "glue");
        add("host* port* database* schema*", "cloudsql", "postgresql", "postgres", "vertica");
        add("host* port* database* schema", "db2");
        add("host* port database*", "hive", "impala", "informix", "zen");
        add("host* format", "kafka");
        add("region format", "kinesis");
        add("path* format*", "local");
        add("host* port* serviceName*", "oracle");
        add("host* catalog schema", "presto");
        add("project*", "pubsub");
        add("host database* schema* region account", "redshift");
        add("location* endpointUrl format delimiter", "s3");
        add("location* format delimiter", "sftp");
        add("host port account* database* schema* warehouse", "snowflake");
        add("host* port database* schema*", "sqlserver");
        add("host* port* catalog* schema*", "trino");
        add(
                "account catalog database dataset delimiter endpointUrl format host location path"
                        + " port project region regionName schema serviceName stagingDir warehouse"
                        + " stream",
                "custom");
    }

    static final Shape SERVERS =
            Shape.list(
                    value ->
                            ContractShape.common()
                                    .with(Shape.TEXT, "server", "description", "environment")
                                    .with(
                                            Shape.choice(BY_TYPE.keySet().toArray(String[]::new)),
                                            "type")
                                    .requiring("server", "type")
                                    .and(ServerShape::keysOf)
                                    .check(value));

    private ServerShape() {}

    private static void add(String keys, String... types) {
        for (String type : types) {
            Keys shape = Shape.keys();
            for (String key : List.of(keys.split(" "))) {
                String name = key.replace("*", "");
                shape = shape.with(shapeOf(type, name), name);
                if (key.endsWith("*")) {
                    shape = shape.requiring(name);
                }
            }
            BY_TYPE.put(type, shape);
        }
    }

    private static Shape shapeOf(String type, String name) {
        if (name.equals(PORT)) {
            return Shape.WHOLE;
        }
        return name.equals(LOCATION) && type.equals("sftp")
                ? Shape.matching("sftp://.*", "a location that begins with sftp://")
                : Shape.TEXT;
    }

    private static Keys keysOf(YamlMapping server) {
        return BY_TYPE.getOrDefault(Shape.word(server, "type"), Shape.keys());
    }
}
