package dev.millrace.transform.model.select;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.model.context.Target;
import dev.millrace.transform.model.context.TemplateLog;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.UnitTest;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.parse.ProjectBasis;
import dev.millrace.transform.model.parse.StreamTables;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A small project with a package, which tests may change before it is read. */
final class Shop {

    private static final Instant STARTED = Instant.parse("2024-03-01T00:00:00Z");

    private static final Map<String, String> FILES = files();

    private final Map<String, String> files = new TreeMap<>(FILES);

    static Shop shop() {
        return new Shop();
    }

    /** The same project with another text in a file, or one file more. */
    Shop with(String path, String text) {
        files.put(path, text);
        return this;
    }

    Shop replacing(String path, String text, String other) {
        files.merge(path, "", (old, ignored) -> old.replace(text, other));
        return this;
    }

    Map<String, String> texts() {
        return files;
    }

    ProjectFiles projectFiles() {
        Map<String, byte[]> bytes = new TreeMap<>();
        files.forEach((path, text) -> bytes.put(path, text.getBytes(StandardCharsets.UTF_8)));
        return ProjectFiles.of(bytes);
    }

    Manifest manifest() {
        return read().manifest();
    }

    Macros macros() {
        return read().workspace().macros();
    }

    private ManifestReader.Read read() {
        Problems problems = new Problems();
        Target target = new Target("dev", "shop", "warehouse", "analytics", 1, Map.of());
        TemplateLog log =
                new TemplateLog() {
                    @Override
                    public void say(String file, String message, boolean shown) {}

                    @Override
                    public void warn(String file, String message) {}
                };
        ProjectBasis basis =
                new ProjectBasis(
                        target,
                        Invocation.of("run-1", STARTED, "ls"),
                        ReadableEnvironment.of(name -> Optional.empty(), Set.of()),
                        Clock.fixed(STARTED, ZoneOffset.UTC),
                        log);
        ManifestReader.Read read =
                new ManifestReader(projectFiles(), basis, StreamTables.NONE, problems)
                        .read()
                        .orElseThrow();
        if (!problems.isEmpty()) {
            throw new AssertionError(problems.list().toString());
        }
        return new ManifestReader.Read(withUnitTest(read.manifest()), read.workspace());
    }

    /** Adds a unit test of the orders. */
    private static Manifest withUnitTest(Manifest manifest) {
        Manifest.Parts parts =
                new Manifest.Parts(
                        new LinkedHashMap<>(manifest.nodes()),
                        new LinkedHashMap<>(manifest.sources()),
                        new LinkedHashMap<>(manifest.others()),
                        new LinkedHashMap<>(manifest.unitTests()),
                        new LinkedHashMap<>(manifest.disabled()),
                        new LinkedHashMap<>(manifest.disabledSources()),
                        new LinkedHashMap<>(manifest.disabledOthers()));
        UnitTest test =
                new UnitTest(
                        "unit_test.shop.orders.sums_up",
                        "shop",
                        "sums_up",
                        "models/marts/_marts.yml",
                        new Position("models/marts/_marts.yml", 1, 1),
                        List.of("shop", "marts", "orders", "sums_up"),
                        "model.shop.orders",
                        "",
                        List.of(),
                        new UnitTest.Rows("dict", List.of(Map.of("id", 1)), null),
                        Map.of(),
                        List.of("fast"),
                        Map.of());
        parts.unitTests().put(test.id(), test);
        return new Manifest(manifest.rootPackage(), manifest.revision(), parts);
    }

    private static Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        files.put(
                "dbt_project.yml",
                """
                name: shop
                profile: shop
                version: 1.0.0
                models:
                  shop:
                    staging:
                      +tags: [nightly]
                      +meta: {owner: {team: data}, level: 1}
                    marts:
                      +materialized: table
                      +tags: core
                seeds:
                  shop:
                    +quote_columns: false
                """);
        files.put(
                "models/sources.yml",
                """
                version: 2
                sources:
                  - name: web
                    tables:
                      - name: events
                        loaded_at_field: at
                        freshness:
                          warn_after: {count: 1, period: day}
                        columns:
                          - name: id
                            data_tests: [not_null]
                      - name: visits
                  - name: erp
                    tags: [nightly]
                    tables:
                      - name: orders
                """);
        files.put("models/staging/stg_events.sql", "select * from {{ source('web', 'events') }}");
        files.put("models/staging/stg_visits.sql", "select * from {{ source('web', 'visits') }}");
        files.put(
                "models/staging/erp/stg_orders.sql", "select * from {{ source('erp', 'orders') }}");
        files.put("models/staging/stg_countries.sql", "select * from {{ ref('countries') }}");
        files.put(
                "models/staging/_staging.yml",
                """
                models:
                  - name: stg_orders
                    columns:
                      - name: id
                        data_tests:
                          - unique
                          - not_null:
                              config: {severity: warn, tags: [slow]}
                  - name: stg_events
                    config: {unique_key: [id, at], grants: {select: [reporter, analyst]}}
                """);
        files.put(
                "models/int_sessions.sql",
                """
                {{ config(materialized='ephemeral') }}
                select * from {{ ref('stg_events') }} join {{ ref('stg_visits') }} using (id)\
                """);
        files.put(
                "models/marts/orders.sql",
                """
                {{ config(group='sales', tags=['daily']) }}
                select id, {{ money('price') }} as price, country
                from {{ ref('stg_orders') }} join {{ ref('stg_countries') }} using (country)\
                """);
        files.put(
                "models/marts/customers.sql",
                "select id from {{ ref('orders') }} join {{ ref('int_sessions') }} using (id)");
        files.put("models/marts/sessions.sql", "select * from {{ ref('int_sessions') }}");
        files.put("models/marts/dim_product_v1.sql", "select 1 as id");
        files.put("models/marts/dim_product_v2.sql", "select 1 as id, 2 as price");
        files.put("models/marts/dim_product_v3.sql", "select 1 as id, 3 as price");
        files.put("models/marts/prices.sql", "select * from {{ ref('dim_product') }}");
        files.put("models/marts/empty.sql", "\n");
        files.put("models/marts/dropped.sql", "{{ config(enabled=false) }} select 1");
        files.put(
                "models/marts/_marts.yml",
                """
                groups:
                  - name: sales
                    owner: {name: Sales}
                models:
                  - name: orders
                    description: One row an order.
                    access: public
                    config:
                      contract: {enforced: true}
                      persist_docs: {relation: true, columns: true}
                    columns:
                      - name: id
                        data_type: integer
                        description: Number.
                        constraints: [{type: not_null}]
                        data_tests: [unique]
                      - name: price
                        data_type: numeric
                      - name: country
                        data_type: text
                        data_tests:
                          - relationships: {to: ref('stg_countries'), field: country}
                  - name: customers
                    columns:
                      - name: id
                        data_tests:
                          - relationships: {to: ref('orders'), field: id}
                          - kit.positive
                  - name: dim_product
                    latest_version: 2
                    versions:
                      - v: 1
                      - v: 2
                      - v: 3
                exposures:
                  - name: dashboard
                    type: dashboard
                    owner: {name: Ann, email: ann@example.com}
                    tags: [board]
                    depends_on: ["ref('customers')", "source('web', 'events')"]
                semantic_models:
                  - name: orders_semantic
                    model: ref('orders')
                    entities: [{name: id, type: primary}]
                metrics:
                  - name: revenue
                    label: Revenue
                    type: simple
                    config: {group: sales}
                    type_params: {measure: price}
                saved_queries:
                  - name: monthly
                    query_params: {metrics: [revenue]}
                """);
        files.put("seeds/countries.csv", "country,name\nde,Germany\n");
        files.put(
                "snapshots/history.sql",
                """
                {% snapshot orders_history %}
                {{ config(strategy='check', unique_key='id', check_cols='all') }}
                select * from {{ ref('orders') }}
                {% endsnapshot %}
                """);
        files.put("analyses/look.sql", "select * from {{ ref('customers') }}");
        files.put(
                "tests/no_orphans.sql",
                "select 1 from {{ ref('orders') }} join {{ ref('customers') }} using (id)"
                        + " where false");
        files.put(
                "macros/money.sql",
                """
                {% macro cents(column) %}{{ column }} * 100{% endmacro %}
                {% macro money(column) %}round({{ cents(column) }}){% endmacro %}
                """);
        files.put("packages.yml", "packages: [{local: ../kit}]\n");
        files.put(
                "dbt_packages/kit/dbt_project.yml",
                "name: kit\nversion: 1.0.0\nmodels: {kit: {+tags: [vendor]}}\n");
        files.put("dbt_packages/kit/models/kit_days.sql", "select 1 as day");
        files.put(
                "dbt_packages/kit/models/staging/kit_weeks.sql",
                "select * from {{ ref('kit_days') }}");
        files.put(
                "dbt_packages/kit/macros/positive.sql",
                """
                {% test positive(model, column_name) %}
                select 1 from {{ model }} where {{ column_name }} <= 0
                {% endtest %}
                """);
        return files;
    }
}
