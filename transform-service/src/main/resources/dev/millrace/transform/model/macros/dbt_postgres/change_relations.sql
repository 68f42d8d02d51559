{% macro postgres__drop_table(relation) -%}
    drop table if exists {{ relation }} cascade
{%- endmacro %}

{% macro postgres__drop_view(relation) -%}
    drop view if exists {{ relation }} cascade
{%- endmacro %}

{% macro postgres__get_rename_table_sql(relation, new_name) -%}
    alter table {{ relation }} rename to {{ new_name }}
{%- endmacro %}

{% macro postgres__get_rename_view_sql(relation, new_name) -%}
    alter view {{ relation }} rename to {{ new_name }}
{%- endmacro %}

{# There is no create or replace table; in one transaction, nobody sees the table gone. #}
{% macro postgres__get_replace_table_sql(relation, sql) -%}
    {{ drop_table(relation) }};
    {{ get_create_table_as_sql(False, relation, sql) }}
{%- endmacro %}

{% macro postgres__get_replace_view_sql(relation, sql) -%}
    {{ config.get('sql_header') or '' }}
    create or replace view {{ relation }}
    {%- if (config.get('contract') or {}).enforced %}
        {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    as (
        {{ sql }}
    );
{%- endmacro %}
