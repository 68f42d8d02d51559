{# Snapshots: tables that keep the earlier states of the rows of a query. #}

{% macro get_snapshot_table_column_names() -%}
    {%- set names = {} -%}
    {%- for name in ['dbt_valid_to', 'dbt_valid_from', 'dbt_scd_id', 'dbt_updated_at', 'dbt_is_deleted'] -%}
        {%- do names.update({name: name}) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{% macro create_columns(relation, columns) -%}
    {{ return(adapter.dispatch('create_columns', 'dbt')(relation, columns)) }}
{%- endmacro %}

{% macro default__create_columns(relation, columns) -%}
    {%- set additions = [] -%}
    {%- for column in columns -%}
        {%- do additions.append('add column ' ~ adapter.quote(column.name) ~ ' ' ~ column.expanded_data_type) -%}
    {%- endfor -%}
    {%- if additions -%}
        {%- call statement() -%}
            alter table {{ relation.render() }} {{ additions | join(', ') }}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}

{% macro post_snapshot(staging_relation) -%}
    {{ return(adapter.dispatch('post_snapshot', 'dbt')(staging_relation)) }}
{%- endmacro %}

{# The staging table is temporary and goes by itself. #}
{% macro default__post_snapshot(staging_relation) -%}
{%- endmacro %}

{% macro get_true_sql() -%}
    {{ return(adapter.dispatch('get_true_sql', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_true_sql() -%}
    {{ return('TRUE') }}
{%- endmacro %}

{% macro build_snapshot_table(strategy, sql) -%}
    {{ return(adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql)) }}
{%- endmacro %}

{% macro default__build_snapshot_table(strategy, sql) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set own = [
        strategy.scd_id ~ ' as ' ~ columns.dbt_scd_id,
        strategy.updated_at ~ ' as ' ~ columns.dbt_updated_at,
        strategy.updated_at ~ ' as ' ~ columns.dbt_valid_from,
        get_dbt_valid_to_current(strategy, columns)
    ] -%}
    {%- if strategy.hard_deletes == 'new_record' -%}
        {%- do own.append("'False' as " ~ columns.dbt_is_deleted) -%}
    {%- endif -%}
    select *, {{ own | join(', ') }}
    from (
        {{ sql }}
    ) as sbq
{%- endmacro %}

{% macro build_snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- set staging = make_temp_relation(target_relation) -%}
    {%- set changes = snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- call statement('build_snapshot_staging_relation') -%}
        {{ create_table_as(True, staging, changes) }}
    {%- endcall -%}
    {{ return(staging) }}
{%- endmacro %}

{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {{ return(adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation)) }}
{%- endmacro %}

{#
    What is to be done to a snapshot, a row for each step: 'insert' has a new row of it, 'update' and
    'delete' say by its dbt_scd_id which row ends, and when. A row that changed is ended and inserted.
    Rows that are gone from the query are ended if hard_deletes is 'invalidate'; if it is 'new_record', one
    follows that says that they are gone, until they are back.
#}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set key = strategy.unique_key -%}
    {%- set records_deletes = strategy.hard_deletes == 'new_record' -%}
    {%- set ends_deleted = records_deletes or strategy.hard_deletes == 'invalidate' -%}
    {%- set was_deleted = 'snapshotted_data.' ~ columns.dbt_is_deleted ~ " = 'True'" -%}
    {%- set changed = '(' ~ strategy.row_changed ~ (' or ' ~ was_deleted if records_deletes else '') ~ ')' -%}
    {%- set same_key = unique_key_join_on(key, 'snapshotted_data', 'source_data') -%}
    with snapshot_query as (
        {{ source_sql }}
    ),
    snapshotted_data as (
        select *, {{ unique_key_fields(key) }}
        from {{ target_relation }}
        where {{ _snapshot_row_is_current(columns.dbt_valid_to) }}
    ),
    source_data as (
        select
            *,
            {{ unique_key_fields(key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }}
        from snapshot_query
    ),
    insertions as (
        select
            'insert' as dbt_change_type,
            source_data.*,
            {{ get_dbt_valid_to_current(strategy, columns) }},
            {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}
            {{ ", 'False' as " ~ columns.dbt_is_deleted if records_deletes }}
        from source_data
        where not exists (
            select from snapshotted_data where {{ same_key }} and {{ changed }} is not true
        )
    ),
    updates as (
        select
            'update' as dbt_change_type,
            source_data.*,
            source_data.{{ columns.dbt_updated_at }} as {{ columns.dbt_valid_to }},
            snapshotted_data.{{ columns.dbt_scd_id }}
            {{ ', snapshotted_data.' ~ columns.dbt_is_deleted if records_deletes }}
        from source_data
        join snapshotted_data on {{ same_key }}
        where {{ changed }}
    )
    {%- if ends_deleted %},
    gone as (
        select snapshotted_data.*
        from snapshotted_data
        left join source_data on {{ same_key }}
        where {{ unique_key_is_null(key, 'source_data') }}
            {{ 'and (' ~ was_deleted ~ ') is not true' if records_deletes }}
    ),
    deletes as (
        select
            'delete' as dbt_change_type,
            source_data.*,
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_to }},
            gone.{{ columns.dbt_scd_id }}
            {{ ', gone.' ~ columns.dbt_is_deleted if records_deletes }}
        from gone
        left join source_data on false
    )
    {%- endif %}
    {%- if records_deletes %},
    deletion_records as (
        {{ _snapshot_deletion_records(strategy, source_sql, target_relation, columns) }}
    )
    {%- endif %}
    select * from insertions
    union all
    select * from updates
    {%- if ends_deleted %}
    union all
    select * from deletes
    {%- endif %}
    {%- if records_deletes %}
    union all
    select * from deletion_records
    {%- endif %}
{%- endmacro %}

{# Rows that say that others are gone, with the columns of all steps in their order. #}
{% macro _snapshot_deletion_records(strategy, source_sql, target_relation, columns) -%}
    {%- set kept = get_list_of_column_names(get_columns_in_relation(target_relation)) -%}
    select
        'insert' as dbt_change_type,
        {%- for name in get_columns_in_query(source_sql) %}
        {{ 'gone' if name in kept else 'source_data' }}.{{ adapter.quote(name) }},
        {%- endfor %}
        {%- if strategy.unique_key is string %}
        gone.dbt_unique_key,
        {%- else %}
            {%- for key in strategy.unique_key %}
        gone.dbt_unique_key_{{ loop.index }},
            {%- endfor %}
        {%- endif %}
        {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
        {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
        gone.{{ columns.dbt_valid_to }},
        {{ snapshot_hash_arguments(['gone.' ~ columns.dbt_scd_id, snapshot_get_time()]) }} as {{ columns.dbt_scd_id }},
        'True' as {{ columns.dbt_is_deleted }}
    from gone
    left join source_data on false
{%- endmacro %}

{# The last row of a key has no end, or the end that the project gives to those. #}
{% macro _snapshot_row_is_current(valid_to) -%}
    {%- set open_end = config.get('dbt_valid_to_current') -%}
    ({{ valid_to }} is null{{ ' or ' ~ equals(valid_to, open_end | trim) if open_end }})
{%- endmacro %}

{# Null in the type of the times, which null alone would not have; or the end of rows that have none. #}
{% macro get_dbt_valid_to_current(strategy, columns) -%}
    coalesce(
        nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ config.get('dbt_valid_to_current') or 'null' }}
    ) as {{ columns.dbt_valid_to }}
{%- endmacro %}

{% macro snapshot_merge_sql(target, source, insert_cols) -%}
    {{ return(adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols)) }}
{%- endmacro %}

{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    merge into {{ target.render() }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    on DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ columns.dbt_scd_id }}
    when matched and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
        and {{ _snapshot_row_is_current('DBT_INTERNAL_DEST.' ~ columns.dbt_valid_to) }}
        then update set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}
    when not matched and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
        then insert ({{ insert_cols | join(', ') }}) values ({{ insert_cols | join(', ') }})
{%- endmacro %}

{# The type of the times that the snapshot's query gives, if it names them as the snapshot does. #}
{% macro get_updated_at_column_data_type(snapshot_sql) -%}
    {%- set found = [] -%}
    {%- for column in get_column_schema_from_query(snapshot_sql) if column.column | lower == 'dbt_updated_at' -%}
        {%- do found.append(column.dtype) -%}
    {%- endfor -%}
    {{ return(found[0] if found else none) }}
{%- endmacro %}

{% macro check_time_data_types(sql) -%}
    {%- set given = get_updated_at_column_data_type(sql) -%}
    {%- set own = get_snapshot_get_time_data_type() -%}
    {%- if given and own and given != own -%}
        {%- do exceptions.warn(
            'Data type of snapshot table timestamp columns (' ~ own ~ ") doesn't match derived column 'updated_at' ("
            ~ given ~ "). Please update snapshot config 'updated_at'."
        ) -%}
    {%- endif -%}
{%- endmacro %}

{% macro unique_key_fields(unique_key) -%}
    {%- if unique_key is string -%}
        {{ unique_key }} as dbt_unique_key
    {%- else -%}
        {%- for key in unique_key -%}
            {{ key }} as dbt_unique_key_{{ loop.index }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro unique_key_join_on(unique_key, identifier, from_identifier) -%}
    {%- if unique_key is string -%}
        {{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
    {%- else -%}
        {%- for key in unique_key -%}
            {%- set field = '.dbt_unique_key_' ~ loop.index -%}
            {{ equals(identifier ~ field, from_identifier ~ field) }}{{ ' and ' if not loop.last }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro unique_key_is_null(unique_key, identifier) -%}
    {{ identifier }}.dbt_unique_key{{ '' if unique_key is string else '_1' }} is null
{%- endmacro %}

{% macro unique_key_is_not_null(unique_key, identifier) -%}
    {{ identifier }}.dbt_unique_key{{ '' if unique_key is string else '_1' }} is not null
{%- endmacro %}
