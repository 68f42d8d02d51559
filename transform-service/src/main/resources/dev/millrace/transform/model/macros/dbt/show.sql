{# Queries that are shown, or only checked. #}

{% macro get_show_sql(compiled_code, sql_header, limit) -%}
    {{ sql_header or '' }}
    {{ get_limit_subquery_sql(compiled_code, limit) }}
{%- endmacro %}

{# No subquery any more, but called so still. #}
{% macro get_limit_subquery_sql(sql, limit) -%}
    {{ return(adapter.dispatch('get_limit_sql', 'dbt')(sql, limit)) }}
{%- endmacro %}

{% macro get_limit_sql(sql, limit) -%}
    {{ return(adapter.dispatch('get_limit_sql', 'dbt')(sql, limit)) }}
{%- endmacro %}

{# Around the query, the limit would not keep its order. #}
{% macro default__get_limit_sql(sql, limit) -%}
    {{ sql }}
    {{ 'limit ' ~ limit if limit is not none }}
{%- endmacro %}

{% macro validate_sql(sql) -%}
    {{ return(adapter.dispatch('validate_sql', 'dbt')(sql)) }}
{%- endmacro %}

{% macro default__validate_sql(sql) -%}
    {%- call statement('validate_sql') -%}
        explain {{ sql }}
    {%- endcall -%}
    {{ return(load_result('validate_sql')) }}
{%- endmacro %}
