{# The columns of an incremental model: lists of them, and what becomes of those that changed. #}

{% macro get_quoted_csv(column_names) -%}
    {%- set quoted = [] -%}
    {%- for name in column_names -%}
        {%- do quoted.append(adapter.quote(name)) -%}
    {%- endfor -%}
    {{ return(quoted | join(', ')) }}
{%- endmacro %}

{# The columns of one list that the other has not, by name. #}
{% macro diff_columns(source_columns, target_columns) -%}
    {%- set known = target_columns | map(attribute='name') | list -%}
    {{ return(source_columns | rejectattr('name', 'in', known) | list) }}
{%- endmacro %}

{% macro diff_column_data_types(source_columns, target_columns) -%}
    {{ return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) }}
{%- endmacro %}

{# A text that only is shorter than its column is no change: it fits. #}
{% macro default__diff_column_data_types(source_columns, target_columns) -%}
    {%- set changes = [] -%}
    {%- for source in source_columns -%}
        {%- for target in target_columns if target.name == source.name
            and target.expanded_data_type != source.expanded_data_type
            and not source.can_expand_to(other_column=target) -%}
            {%- do changes.append({'column_name': target.name, 'new_type': source.expanded_data_type}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(changes) }}
{%- endmacro %}

{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
    {{ return(adapter.dispatch('get_merge_update_columns', 'dbt')(
        merge_update_columns, merge_exclude_columns, dest_columns
    )) }}
{%- endmacro %}

{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
    {%- if merge_update_columns and merge_exclude_columns -%}
        {%- do exceptions.raise_compiler_error(
            'Model cannot specify merge_update_columns and merge_exclude_columns.'
            ~ ' Please update model to use only one config'
        ) -%}
    {%- elif merge_update_columns -%}
        {{ return(merge_update_columns) }}
    {%- endif -%}
    {%- set excluded = (merge_exclude_columns or []) | map('lower') | list -%}
    {%- set updated = [] -%}
    {%- for column in dest_columns if column.name | lower not in excluded -%}
        {%- do updated.append(column.quoted) -%}
    {%- endfor -%}
    {{ return(updated) }}
{%- endmacro %}

{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') -%}
    {%- if on_schema_change in ['ignore', 'append_new_columns', 'sync_all_columns', 'fail'] -%}
        {{ return(on_schema_change) }}
    {%- endif -%}
    {%- do log(
        'Invalid value for on_schema_change (' ~ on_schema_change ~ ') specified. Setting default value of '
        ~ default ~ '.'
    ) -%}
    {{ return(default) }}
{%- endmacro %}

{% macro check_for_schema_changes(source_relation, target_relation) -%}
    {{ return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) }}
{%- endmacro %}

{% macro default__check_for_schema_changes(source_relation, target_relation) -%}
    {%- set source_columns = adapter.get_columns_in_relation(source_relation) -%}
    {%- set target_columns = adapter.get_columns_in_relation(target_relation) -%}
    {%- set added = diff_columns(source_columns, target_columns) -%}
    {%- set removed = diff_columns(target_columns, source_columns) -%}
    {%- set retyped = diff_column_data_types(source_columns, target_columns) -%}
    {%- set changes = {
        'schema_changed': (added + removed + retyped) | length > 0,
        'source_not_in_target': added,
        'target_not_in_source': removed,
        'source_columns': source_columns,
        'target_columns': target_columns,
        'new_target_types': retyped
    } -%}
    {%- do log('Columns of ' ~ target_relation ~ ':' ~ _described_schema_changes(changes)) -%}
    {{ return(changes) }}
{%- endmacro %}

{% macro _described_schema_changes(changes) %}
    Source columns not in target: {{ changes['source_not_in_target'] }}
    Target columns not in source: {{ changes['target_not_in_source'] }}
    New column types: {{ changes['new_target_types'] }}
{%- endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
    {{ return(adapter.dispatch('sync_column_schemas', 'dbt')(
        on_schema_change, target_relation, schema_changes_dict
    )) }}
{%- endmacro %}

{% macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
    {%- set whole = on_schema_change == 'sync_all_columns' -%}
    {%- set added = schema_changes_dict['source_not_in_target']
        if whole or on_schema_change == 'append_new_columns' else [] -%}
    {%- set removed = schema_changes_dict['target_not_in_source'] if whole else [] -%}
    {%- if added or removed -%}
        {%- do alter_relation_add_remove_columns(target_relation, added, removed) -%}
    {%- endif -%}
    {%- for change in schema_changes_dict['new_target_types'] if whole -%}
        {%- do alter_column_type(target_relation, change['column_name'], change['new_type']) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro process_schema_changes(on_schema_change, source_relation, target_relation) -%}
    {{ return(adapter.dispatch('process_schema_changes', 'dbt')(
        on_schema_change, source_relation, target_relation
    )) }}
{%- endmacro %}

{# The columns to insert from now on; none if the model ignores changes, which keeps those of the table. #}
{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) -%}
    {%- if on_schema_change == 'ignore' -%}
        {{ return({}) }}
    {%- endif -%}
    {%- set changes = check_for_schema_changes(source_relation, target_relation) -%}
    {%- if not changes['source_columns'] -%}
        {# Not to be taken for a query without columns, which would have all columns dropped. #}
        {%- set problem = 'The columns of ' ~ source_relation ~ ' cannot be read, to compare them with those of '
            ~ target_relation ~ " (on_schema_change='" ~ on_schema_change ~ "')." -%}
        {%- if on_schema_change == 'append_new_columns' -%}
            {%- do exceptions.warn(problem ~ ' New columns are not added in this run.') -%}
        {%- else -%}
            {%- do exceptions.raise_compiler_error(
                problem ~ " Set on_schema_change to 'ignore', or rebuild the model with --full-refresh."
            ) -%}
        {%- endif -%}
    {%- elif changes['schema_changed'] and on_schema_change == 'fail' -%}
        {%- do exceptions.raise_compiler_error(
            'The source and target schemas on this incremental model are out of sync! Set on_schema_change to'
            ~ ' append_new_columns or sync_all_columns, rebuild the model with --full-refresh, or alter '
            ~ target_relation ~ ' yourself.' ~ _described_schema_changes(changes)
        ) -%}
    {%- elif changes['schema_changed'] -%}
        {%- do sync_column_schemas(on_schema_change, target_relation, changes) -%}
    {%- endif -%}
    {{ return(changes['source_columns']) }}
{%- endmacro %}
