{# Settings that several materializations ask for. #}

{% macro set_sql_header(config) -%}
    {{ config.set('sql_header', caller()) }}
{%- endmacro %}

{# What a node says goes before what the command says. #}
{% macro should_full_refresh() -%}
    {%- set own = config.get('full_refresh') -%}
    {{ return(flags.FULL_REFRESH if own is none else own) }}
{%- endmacro %}

{% macro should_store_failures() -%}
    {%- set own = config.get('store_failures') -%}
    {{ return(flags.STORE_FAILURES if own is none else own) }}
{%- endmacro %}

{% macro is_incremental() -%}
    {%- if not execute or model.config.materialized != 'incremental' or should_full_refresh() -%}
        {{ return(False) }}
    {%- endif -%}
    {%- set existing = adapter.get_relation(this.database, this.schema, this.table) -%}
    {{ return(existing is not none and existing.type == 'table') }}
{%- endmacro %}
