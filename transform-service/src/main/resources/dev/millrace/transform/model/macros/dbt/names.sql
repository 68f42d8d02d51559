{# The names that nodes get in the database. #}

{% macro generate_schema_name(custom_schema_name=none, node=none) -%}
    {{ return(adapter.dispatch('generate_schema_name', 'dbt')(custom_schema_name, node)) }}
{%- endmacro %}

{# The target's schema stays in front, so that developers do not write into each other's. #}
{% macro default__generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema }}{{ '' if custom_schema_name is none else '_' ~ (custom_schema_name | trim) }}
{%- endmacro %}

{# For projects that want their own names in production and one schema everywhere else. #}
{% macro generate_schema_name_for_env(custom_schema_name, node) -%}
    {%- set own_name = target.name == 'prod' and custom_schema_name is not none -%}
    {{ (custom_schema_name | trim) if own_name else target.schema }}
{%- endmacro %}

{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {{ return(adapter.dispatch('generate_alias_name', 'dbt')(custom_alias_name, node)) }}
{%- endmacro %}

{% macro default__generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- if custom_alias_name -%}
        {{ custom_alias_name | trim }}
    {%- else -%}
        {{ node.name }}{{ '_v' ~ (node.version | string | replace('.', '_')) if node.version else '' }}
    {%- endif -%}
{%- endmacro %}

{% macro generate_latest_version_pointer_alias(custom_alias_name=none, node=none) -%}
    {{ return(adapter.dispatch('generate_latest_version_pointer_alias', 'dbt')(custom_alias_name, node)) }}
{%- endmacro %}

{% macro default__generate_latest_version_pointer_alias(custom_alias_name=none, node=none) -%}
    {{ (custom_alias_name | trim) if custom_alias_name else node.name }}
{%- endmacro %}

{% macro generate_database_name(custom_database_name=none, node=none) -%}
    {{ return(adapter.dispatch('generate_database_name', 'dbt')(custom_database_name, node)) }}
{%- endmacro %}

{% macro default__generate_database_name(custom_database_name=none, node=none) -%}
    {{ target.database if custom_database_name is none else custom_database_name }}
{%- endmacro %}
