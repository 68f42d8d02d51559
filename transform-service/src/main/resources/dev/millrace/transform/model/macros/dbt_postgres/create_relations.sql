{#
    A contract's table is made first and filled then: PostgreSQL has no create table as with
    constraints. Temporary tables are checked too, but get no constraints: those belong to the table
    that their rows go to.
#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set kind = 'temporary ' if temporary else 'unlogged ' if config.get('unlogged', False) else '' -%}
    {%- set enforced = (config.get('contract') or {}).enforced -%}
    {{ config.get('sql_header') or '' }}
    create {{ kind }}table {{ relation }}
    {%- if enforced %}
        {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    {%- if enforced and not temporary %}
        {{ get_table_columns_and_constraints() }};
    insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }}) (
        {{ get_select_subquery(sql) }}
    );
    {%- else %}
    as (
        {{ sql }}
    );
    {%- endif %}
{%- endmacro %}
