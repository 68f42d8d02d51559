{# Statements that drop, rename, empty and replace relations. #}

{% macro get_drop_sql(relation) -%}
    {{ return(adapter.dispatch('get_drop_sql', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_drop_sql(relation) -%}
    {%- set drop = {
        'table': drop_table, 'view': drop_view, 'materialized_view': drop_materialized_view
    }.get(relation.type) -%}
    {%- if drop -%}
        {{ return(drop(relation)) }}
    {%- endif -%}
    drop {{ relation.type }} if exists {{ relation.render() }} cascade
{%- endmacro %}

{% macro drop_table(relation) -%}
    {{ return(adapter.dispatch('drop_table', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__drop_table(relation) -%}
    drop table if exists {{ relation.render() }} cascade
{%- endmacro %}

{% macro drop_view(relation) -%}
    {{ return(adapter.dispatch('drop_view', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__drop_view(relation) -%}
    drop view if exists {{ relation.render() }} cascade
{%- endmacro %}

{% macro drop_relation(relation) -%}
    {{ return(adapter.dispatch('drop_relation', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__drop_relation(relation) -%}
    {%- call statement('drop_relation', auto_begin=False) -%}
        {{ get_drop_sql(relation) }}
    {%- endcall -%}
{%- endmacro %}

{% macro drop_relation_if_exists(relation) -%}
    {%- if relation is not none -%}
        {%- do adapter.drop_relation(relation) -%}
    {%- endif -%}
{%- endmacro %}

{% macro get_rename_sql(relation, new_name) -%}
    {{ return(adapter.dispatch('get_rename_sql', 'dbt')(relation, new_name)) }}
{%- endmacro %}

{% macro default__get_rename_sql(relation, new_name) -%}
    {%- set rename = {
        'table': get_rename_table_sql,
        'view': get_rename_view_sql,
        'materialized_view': get_rename_materialized_view_sql
    }.get(relation.type) -%}
    {%- if not rename -%}
        {%- do exceptions.raise_compiler_error(
            '`get_rename_sql` has not been implemented for: ' ~ relation.type
        ) -%}
    {%- endif -%}
    {{ return(rename(relation, new_name)) }}
{%- endmacro %}

{% macro get_rename_table_sql(relation, new_name) -%}
    {{ return(adapter.dispatch('get_rename_table_sql', 'dbt')(relation, new_name)) }}
{%- endmacro %}

{% macro default__get_rename_table_sql(relation, new_name) -%}
    {%- do exceptions.raise_compiler_error('`get_rename_table_sql` has not been implemented for this adapter.') -%}
{%- endmacro %}

{% macro get_rename_view_sql(relation, new_name) -%}
    {{ return(adapter.dispatch('get_rename_view_sql', 'dbt')(relation, new_name)) }}
{%- endmacro %}

{% macro default__get_rename_view_sql(relation, new_name) -%}
    {%- do exceptions.raise_compiler_error('`get_rename_view_sql` has not been implemented for this adapter.') -%}
{%- endmacro %}

{% macro rename_relation(from_relation, to_relation) -%}
    {{ return(adapter.dispatch('rename_relation', 'dbt')(from_relation, to_relation)) }}
{%- endmacro %}

{# PostgreSQL renames views in this way as well. #}
{% macro default__rename_relation(from_relation, to_relation) -%}
    {%- set new_name = adapter.quote_as_configured(to_relation.identifier, 'identifier') -%}
    {%- call statement('rename_relation') -%}
        alter table {{ from_relation.render() }} rename to {{ new_name }}
    {%- endcall -%}
{%- endmacro %}

{% macro truncate_relation(relation) -%}
    {{ return(adapter.dispatch('truncate_relation', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__truncate_relation(relation) -%}
    {%- call statement('truncate_relation') -%}
        truncate table {{ relation.render() }}
    {%- endcall -%}
{%- endmacro %}

{% macro get_create_intermediate_sql(relation, sql) -%}
    {{ return(adapter.dispatch('get_create_intermediate_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{# One that is there already was left by a run that was broken off. #}
{% macro default__get_create_intermediate_sql(relation, sql) -%}
    {%- set intermediate = make_intermediate_relation(relation) -%}
    {{ get_drop_sql(intermediate) }};
    {{ get_create_sql(intermediate, sql) }}
{%- endmacro %}

{% macro get_rename_intermediate_sql(relation) -%}
    {{ return(adapter.dispatch('get_rename_intermediate_sql', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_rename_intermediate_sql(relation) -%}
    {{ get_rename_sql(make_intermediate_relation(relation), relation.identifier) }}
{%- endmacro %}

{% macro get_create_backup_sql(relation) -%}
    {{ return(adapter.dispatch('get_create_backup_sql', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_create_backup_sql(relation) -%}
    {%- set backup = make_backup_relation(relation, relation.type) -%}
    {{ get_drop_sql(backup) }};
    {{ get_rename_sql(relation, backup.identifier) }}
{%- endmacro %}

{% macro get_drop_backup_sql(relation) -%}
    {{ return(adapter.dispatch('get_drop_backup_sql', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_drop_backup_sql(relation) -%}
    {{ get_drop_sql(make_backup_relation(relation, relation.type)) }}
{%- endmacro %}

{% macro get_replace_sql(existing_relation, target_relation, sql) -%}
    {{ return(adapter.dispatch('get_replace_sql', 'dbt')(existing_relation, target_relation, sql)) }}
{%- endmacro %}

{#
    Replaces in one statement where the database can. Otherwise the new one is built beside the old one,
    and the old one put aside until the new one has its place, as far as both can be renamed.
#}
{% macro default__get_replace_sql(existing_relation, target_relation, sql) -%}
    {%- set in_place = existing_relation.type == target_relation.type and existing_relation.can_be_replaced -%}
    {%- if in_place and existing_relation.is_view -%}
        {{ return(get_replace_view_sql(target_relation, sql)) }}
    {%- elif in_place and existing_relation.is_table -%}
        {{ return(get_replace_table_sql(target_relation, sql)) }}
    {%- elif in_place and existing_relation.is_materialized_view -%}
        {{ return(get_replace_materialized_view_sql(target_relation, sql)) }}
    {%- endif -%}
    {%- set beside = target_relation.can_be_renamed -%}
    {%- set aside = existing_relation.can_be_renamed -%}
    {%- set steps = [] -%}
    {%- if beside -%}
        {%- do steps.append(get_create_intermediate_sql(target_relation, sql)) -%}
    {%- endif -%}
    {%- do steps.append(get_create_backup_sql(existing_relation) if aside else get_drop_sql(existing_relation)) -%}
    {%- do steps.append(
        get_rename_intermediate_sql(target_relation) if beside else get_create_sql(target_relation, sql)
    ) -%}
    {%- if aside -%}
        {%- do steps.append(get_drop_backup_sql(existing_relation)) -%}
    {%- endif -%}
    {{ steps | join(';\n') }}
{%- endmacro %}

{% macro get_replace_table_sql(relation, sql) -%}
    {{ return(adapter.dispatch('get_replace_table_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_replace_table_sql(relation, sql) -%}
    {%- do exceptions.raise_compiler_error('`get_replace_table_sql` has not been implemented for this adapter.') -%}
{%- endmacro %}

{% macro get_replace_view_sql(relation, sql) -%}
    {{ return(adapter.dispatch('get_replace_view_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_replace_view_sql(relation, sql) -%}
    {%- do exceptions.raise_compiler_error('`get_replace_view_sql` has not been implemented for this adapter.') -%}
{%- endmacro %}

{# A materialization's whole work for databases that replace views, which projects still call. #}
{% macro create_or_replace_view() -%}
    {%- set existing = adapter.get_relation(
        database=model.database, schema=model.schema, identifier=model['alias']
    ) -%}
    {%- set target_relation = api.Relation.create(
        database=model.database, schema=model.schema, identifier=model['alias'], type='view'
    ) -%}
    {%- do run_hooks(pre_hooks) -%}
    {%- if existing is not none and existing.is_table -%}
        {%- do handle_existing_table(should_full_refresh(), existing) -%}
    {%- endif -%}
    {%- call statement('main') -%}
        {{ get_create_view_as_sql(target_relation, sql) }}
    {%- endcall -%}
    {%- set was_view = existing is not none and existing.is_view -%}
    {%- do apply_grants(
        target_relation, config.get('grants'), should_revoke=should_revoke(was_view, full_refresh_mode=True)
    ) -%}
    {%- do run_hooks(post_hooks) -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmacro %}

{% macro handle_existing_table(full_refresh, old_relation) -%}
    {{ return(adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation)) }}
{%- endmacro %}

{% macro default__handle_existing_table(full_refresh, old_relation) -%}
    {%- do log('Dropping relation ' ~ old_relation.render() ~ ' because it is of type ' ~ old_relation.type) -%}
    {%- do adapter.drop_relation(old_relation) -%}
{%- endmacro %}
