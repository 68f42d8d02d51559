{# Materialized views. #}

{% macro get_create_materialized_view_as_sql(relation, sql) -%}
    {{ return(adapter.dispatch('get_create_materialized_view_as_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_create_materialized_view_as_sql(relation, sql) -%}
    {%- do _no_materialized_views('get_create_materialized_view_as_sql') -%}
{%- endmacro %}

{% macro refresh_materialized_view(relation) -%}
    {{ return(adapter.dispatch('refresh_materialized_view', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__refresh_materialized_view(relation) -%}
    {%- do _no_materialized_views('refresh_materialized_view') -%}
{%- endmacro %}

{% macro drop_materialized_view(relation) -%}
    {{ return(adapter.dispatch('drop_materialized_view', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__drop_materialized_view(relation) -%}
    drop materialized view if exists {{ relation.render() }} cascade
{%- endmacro %}

{% macro get_rename_materialized_view_sql(relation, new_name) -%}
    {{ return(adapter.dispatch('get_rename_materialized_view_sql', 'dbt')(relation, new_name)) }}
{%- endmacro %}

{% macro default__get_rename_materialized_view_sql(relation, new_name) -%}
    {%- do _no_materialized_views('get_rename_materialized_view_sql') -%}
{%- endmacro %}

{% macro get_replace_materialized_view_sql(relation, sql) -%}
    {{ return(adapter.dispatch('get_replace_materialized_view_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_replace_materialized_view_sql(relation, sql) -%}
    {%- do _no_materialized_views('get_replace_materialized_view_sql') -%}
{%- endmacro %}

{% macro get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) -%}
    {{ return(adapter.dispatch('get_alter_materialized_view_as_sql', 'dbt')(
        relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
    )) }}
{%- endmacro %}

{% macro default__get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) -%}
    {%- do _no_materialized_views('get_alter_materialized_view_as_sql') -%}
{%- endmacro %}

{# What of the configuration differs from what is in the database; none if nothing does. #}
{% macro get_materialized_view_configuration_changes(existing_relation, new_config) -%}
    {{ return(adapter.dispatch('get_materialized_view_configuration_changes', 'dbt')(
        existing_relation, new_config
    )) }}
{%- endmacro %}

{% macro default__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
    {%- do _no_materialized_views('get_materialized_view_configuration_changes') -%}
{%- endmacro %}

{% macro _no_materialized_views(macro_name) -%}
    {%- do exceptions.raise_compiler_error('`' ~ macro_name ~ '` has not been implemented for this adapter.') -%}
{%- endmacro %}

{# The steps of the materialization, which those of projects are made of as well. #}
{% macro materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) -%}
    {%- do drop_relation_if_exists(load_cached_relation(backup_relation)) -%}
    {%- do drop_relation_if_exists(load_cached_relation(intermediate_relation)) -%}
    {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
{%- endmacro %}

{% macro materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) -%}
    {%- do drop_relation_if_exists(backup_relation) -%}
    {%- do drop_relation_if_exists(intermediate_relation) -%}
    {%- do run_hooks(post_hooks, inside_transaction=False) -%}
{%- endmacro %}

{# Empty if there is nothing to do but to say so. #}
{% macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) -%}
    {%- if existing_relation is none -%}
        {{ return(get_create_materialized_view_as_sql(target_relation, sql)) }}
    {%- elif should_full_refresh() or not existing_relation.is_materialized_view -%}
        {{ return(get_replace_sql(existing_relation, target_relation, sql)) }}
    {%- endif -%}
    {%- set changes = get_materialized_view_configuration_changes(existing_relation, config) -%}
    {%- set on_change = config.get('on_configuration_change') -%}
    {%- set noticed = 'Configuration changes were identified and `on_configuration_change` was set to `'
        ~ on_change ~ '` for `' ~ target_relation.render() ~ '`' -%}
    {%- if changes is none -%}
        {{ return(refresh_materialized_view(target_relation)) }}
    {%- elif on_change == 'apply' -%}
        {{ return(get_alter_materialized_view_as_sql(
            target_relation, changes, sql, existing_relation, backup_relation, intermediate_relation
        )) }}
    {%- elif on_change == 'continue' -%}
        {%- do exceptions.warn(noticed) -%}
        {{ return('') }}
    {%- elif on_change == 'fail' -%}
        {%- do exceptions.raise_fail_fast_error(noticed) -%}
    {%- else -%}
        {%- do exceptions.raise_compiler_error(
            "`on_configuration_change` is apply, continue or fail, not '" ~ on_change ~ "'"
        ) -%}
    {%- endif -%}
{%- endmacro %}

{% macro materialized_view_execute_no_op(target_relation) -%}
    {%- do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') -%}
{%- endmacro %}

{% macro materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) -%}
    {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
    {%- call statement(name='main') -%}
        {{ build_sql }}
    {%- endcall -%}
    {%- do apply_grants(
        target_relation,
        config.get('grants'),
        should_revoke=should_revoke(existing_relation, full_refresh_mode=True)
    ) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do run_hooks(post_hooks, inside_transaction=True) -%}
    {%- do adapter.commit() -%}
{%- endmacro %}
