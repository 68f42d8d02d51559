{# Contracts: the columns and constraints that a model promises to have. #}

{% macro get_table_columns_and_constraints() -%}
    {{ return(adapter.dispatch('get_table_columns_and_constraints', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_table_columns_and_constraints() -%}
    {{ return(table_columns_and_constraints()) }}
{%- endmacro %}

{% macro table_columns_and_constraints() -%}
    {%- set columns = adapter.render_raw_columns_constraints(raw_columns=model['columns']) -%}
    {%- set constraints = adapter.render_raw_model_constraints(raw_constraints=model['constraints']) -%}
    (
        {{ (columns + constraints) | join(',\n        ') }}
    )
{%- endmacro %}

{% macro get_assert_columns_equivalent(sql) -%}
    {{ return(adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql)) }}
{%- endmacro %}

{% macro default__get_assert_columns_equivalent(sql) -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{# Names and types must be the same; the order need not, as the query is read by name. #}
{% macro assert_columns_equivalent(sql) -%}
    {%- if not model['columns'] -%}
        {%- do exceptions.raise_contract_error([], []) -%}
    {%- endif -%}
    {%- set promised = format_columns(get_column_schema_from_query(get_empty_schema_sql(model['columns']))) -%}
    {%- set found = format_columns(get_column_schema_from_query(sql, config.get('sql_header'))) -%}
    {%- set by_name = {} -%}
    {%- for column in promised -%}
        {%- do by_name.update({column['name']: column['formatted']}) -%}
    {%- endfor -%}
    {%- set broken = found | length != promised | length -%}
    {%- set differences = [] -%}
    {%- for column in found if by_name.get(column['name']) != column['formatted'] -%}
        {%- do differences.append(column['name']) -%}
    {%- endfor -%}
    {%- if broken or differences -%}
        {%- do exceptions.raise_contract_error(promised, found) -%}
    {%- endif -%}
{%- endmacro %}

{% macro format_columns(columns) -%}
    {%- set formatted = [] -%}
    {%- for column in columns -%}
        {%- do formatted.append(adapter.dispatch('format_column', 'dbt')(column)) -%}
    {%- endfor -%}
    {{ return(formatted) }}
{%- endmacro %}

{% macro default__format_column(column) -%}
    {{ return({
        'name': column.name,
        'data_type': column.dtype,
        'formatted': (column.column | lower) ~ ' ' ~ column.dtype
    }) }}
{%- endmacro %}
