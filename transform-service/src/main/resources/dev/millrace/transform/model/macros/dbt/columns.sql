{# The columns of relations and of queries. #}

{% macro get_columns_in_relation(relation) -%}
    {{ return(adapter.dispatch('get_columns_in_relation', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_columns_in_relation(relation) -%}
    {%- do exceptions.raise_not_implemented(
        'get_columns_in_relation macro not implemented for adapter ' ~ adapter.type()
    ) -%}
{%- endmacro %}

{# Columns from rows of a name, a type, and as far as they are known a length, a precision and a scale. #}
{% macro sql_convert_columns_in_relation(table) -%}
    {%- set columns = [] -%}
    {%- for row in table -%}
        {%- do columns.append(api.Column(*row)) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro get_columns_for_unit_tests(relation) -%}
    {{ return(adapter.dispatch('get_columns_for_unit_tests', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_columns_for_unit_tests(relation) -%}
    {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}

{% macro get_list_of_column_names(columns) -%}
    {{ return(columns | map(attribute='name') | list) }}
{%- endmacro %}

{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
    {{ return(adapter.dispatch('get_empty_subquery_sql', 'dbt')(select_sql, select_sql_header)) }}
{%- endmacro %}

{# The columns of a query without its rows. The line after it ends a comment that it may end in. #}
{% macro default__get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
    {{ select_sql_header or '' }}
    select * from (
        {{ select_sql }}
    ) as __dbt_sbq
    where false limit 0
{%- endmacro %}

{% macro get_empty_schema_sql(columns) -%}
    {{ return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) }}
{%- endmacro %}

{# A query that has the columns that a contract describes, of their types. #}
{% macro default__get_empty_schema_sql(columns) -%}
    {%- set nulls = [] -%}
    {%- set without_type = [] -%}
    {%- set without_scale = [] -%}
    {%- for column in columns.values() -%}
        {%- set type = column.get('data_type') -%}
        {%- if not type -%}
            {%- do without_type.append(column['name']) -%}
        {%- else -%}
            {%- if type.strip() | lower in ['numeric', 'decimal', 'number'] -%}
                {%- do without_scale.append(column['name']) -%}
            {%- endif -%}
            {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] -%}
            {%- do nulls.append((cast('null', type) | trim) ~ ' as ' ~ name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if without_type -%}
        {%- do exceptions.column_type_missing(column_names=without_type) -%}
    {%- elif without_scale -%}
        {%- do exceptions.warn(
            'Detected columns with numeric type and unspecified precision/scale, this can lead to unintended rounding: '
            ~ without_scale
        ) -%}
    {%- endif -%}
    select {{ nulls | join(', ') }}
{%- endmacro %}

{% macro get_column_schema_from_query(select_sql, select_sql_header=none) -%}
    {{ return(adapter.get_column_schema_from_query(get_empty_subquery_sql(select_sql, select_sql_header))) }}
{%- endmacro %}

{% macro get_columns_in_query(select_sql) -%}
    {{ return(adapter.dispatch('get_columns_in_query', 'dbt')(select_sql)) }}
{%- endmacro %}

{% macro default__get_columns_in_query(select_sql) -%}
    {%- call statement('get_columns_in_query', fetch_result=True, auto_begin=False) -%}
        {{ get_empty_subquery_sql(select_sql) }}
    {%- endcall -%}
    {%- set answer = load_result('get_columns_in_query') -%}
    {{ return(answer.table.columns | map(attribute='name') | list if answer else []) }}
{%- endmacro %}

{% macro alter_column_type(relation, column_name, new_column_type) -%}
    {{ return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) }}
{%- endmacro %}

{#
    A new column takes the old one's place, with the views that read it gone: they would keep PostgreSQL
    from changing its type, and are built again from their models.
#}
{% macro default__alter_column_type(relation, column_name, new_column_type) -%}
    {%- set table = relation.render() -%}
    {%- set old = adapter.quote(column_name) -%}
    {%- set new = adapter.quote(column_name ~ '__dbt_alter') -%}
    {%- call statement('alter_column_type') -%}
        alter table {{ table }} add column {{ new }} {{ new_column_type }};
        update {{ table }} set {{ new }} = {{ old }};
        alter table {{ table }} drop column {{ old }} cascade;
        alter table {{ table }} rename column {{ new }} to {{ old }}
    {%- endcall -%}
{%- endmacro %}

{% macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) -%}
    {{ return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(relation, add_columns, remove_columns)) }}
{%- endmacro %}

{% macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
    {%- set changes = [] -%}
    {%- for column in add_columns or [] -%}
        {%- do changes.append('add column ' ~ column.quoted ~ ' ' ~ column.expanded_data_type) -%}
    {%- endfor -%}
    {%- for column in remove_columns or [] -%}
        {%- do changes.append('drop column ' ~ column.quoted) -%}
    {%- endfor -%}
    {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation.render() ~ ' ' ~ changes | join(', ')) -%}
{%- endmacro %}
