package dev.millrace.transform.run.artifact;

import java.util.Map;
import java.util.TreeMap;

/** A project that has some of everything that artifacts tell of. */
final class ShopProject {

    private ShopProject() {}

    static Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        files.put(
                "dbt_project.yml",
                """
                name: shop
                version: '1.0'
                profile: shop
                models:
                  shop:
                    marts: {+materialized: table, +tags: [nightly]}
                """);
        files.put("models/staging/stg_orders.sql", "select * from {{ source('web', 'orders') }}");
        files.put(
                "models/marts/orders.sql",
                """
                {{ config(post_hook="analyze {{ this }}", unknown_setting=1) }}
                select {{ cents('amount') }} from {{ ref('stg_orders') }}
                join {{ ref('countries') }} using (country)
                """);
        files.put("models/marts/idle.sql", "{{ config(enabled=false) }} select 1");
        files.put(
                "models/helper.sql",
                "{{ config(materialized='ephemeral') }} select * from {{ ref('stg_orders') }}");
        files.put("models/docs.md", "{% docs order_amount %}\nWhat is paid.\n{% enddocs %}");
        files.put("models/schema.yml", schema());
        files.put("models/metrics.yml", metrics());
        files.put(
                "macros/cents.sql",
                "{% macro cents(column) %}{{ dbt.safe_cast(column, 'int') }}{% endmacro %}");
        files.put(
                "macros/macros.yml",
                """
                macros:
                  - name: cents
                    description: "In cents: {{ doc('order_amount') }}"
                    arguments:
                      - {name: column, type: string, description: a column}
                """);
        files.put("seeds/countries.csv", "country,name\nde,Germany\n");
        files.put("tests/no_orders.sql", "select * from {{ ref('orders') }} where false");
        files.put(
                "snapshots/kept.sql",
                """
                {% snapshot kept %}
                {{ config(target_schema='kept', strategy='check', unique_key='id', check_cols='all') }}
                select * from {{ ref('orders') }}
                {% endsnapshot %}
                """);
        files.put(
                "selectors.yml",
                "selectors: [{name: nightly, definition: {method: tag, value: nightly}}]");
        return files;
    }

    private static String schema() {
        return """
        groups:
          - name: finance
            owner: {name: Ada, email: ada@example.com, chat: '#finance'}
        sources:
          - name: web
            description: the shop
            loader: sdk
            freshness: {warn_after: {count: 12, period: hour}}
            loaded_at_field: received_at
            tables:
              - name: orders
                columns: [{name: id, description: '{{ doc("order_amount") }}'}]
        models:
          - name: orders
            description: "Orders. {{ doc('order_amount') }}"
            group: finance
            access: public
            docs: {node_color: red}
            constraints: [{type: check, expression: amount > 0}]
            columns:
              - name: amount
                description: '{{ doc("order_amount") }}'
                data_type: int
                constraints: [{type: not_null}]
                data_tests:
                  - not_null: {config: {severity: warn}}
        exposures:
          - name: board
            type: dashboard
            url: https://example.com
            owner: {name: Ada}
            depends_on: ["ref('orders')", "source('web', 'orders')"]
        """;
    }

    private static String metrics() {
        return """
        semantic_models:
          - name: sales
            model: ref('orders')
            defaults: {agg_time_dimension: day}
            entities: [{name: id, type: primary}]
            dimensions: [{name: day, type: time, type_params: {time_granularity: day}}]
            measures:
              - {name: amount, agg: sum}
              - {name: paid, agg: sum, expr: amount}
        metrics:
          - {name: revenue, label: Revenue, type: simple, type_params: {measure: amount}}
          - {name: payments, label: Payments, type: simple, type_params: {measure: {name: paid}}}
          - name: share
            label: Share
            type: ratio
            type_params: {numerator: payments, denominator: {name: revenue, alias: all}}
            filter: "{{ Dimension('sales__day') }} > 0"
          - name: lately
            label: Lately
            type: cumulative
            type_params: {measure: amount, window: 28 days}
        saved_queries:
          - name: weekly
            query_params: {metrics: [revenue], group_by: ["Dimension('sales__day')"]}
            exports: [{name: weekly, config: {export_as: table}}]
        """;
    }
}
