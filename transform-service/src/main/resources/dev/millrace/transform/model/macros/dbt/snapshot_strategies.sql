{#
    How a snapshot tells that a row has changed. A strategy's macro gives a dict: unique_key, updated_at,
    row_changed (a condition between the two relations that it is given), scd_id and hard_deletes.
#}

{# The macro of a strategy, from a package if the name says so. #}
{% macro strategy_dispatch(name) -%}
    {%- set parts = name.split('.', 1) -%}
    {%- set package = context -%}
    {%- if parts | length == 2 -%}
        {%- set package = context[parts[0]] -%}
        {%- if package is not defined -%}
            {%- do exceptions.raise_compiler_error(
                "Could not find package '" ~ parts[0] ~ "', called with '" ~ name ~ "'"
            ) -%}
        {%- endif -%}
    {%- endif -%}
    {%- set strategy = package['snapshot_' ~ parts[-1] ~ '_strategy'] -%}
    {%- if strategy is not defined -%}
        {%- do exceptions.raise_compiler_error(
            "The specified strategy macro '" ~ parts[-1] ~ "' was not found in package '"
            ~ (parts[0] if parts | length == 2 else 'None') ~ "'"
        ) -%}
    {%- endif -%}
    {{ return(strategy) }}
{%- endmacro %}

{% macro snapshot_hash_arguments(args) -%}
    {{ return(adapter.dispatch('snapshot_hash_arguments', 'dbt')(args)) }}
{%- endmacro %}

{# The identities in existing snapshots are made like this, down to the separator. #}
{% macro default__snapshot_hash_arguments(args) -%}
    {%- set texts = [] -%}
    {%- for arg in args -%}
        {%- do texts.append("coalesce(cast(" ~ arg ~ " as varchar), '')") -%}
    {%- endfor -%}
    md5({{ texts | join(" || '|' || ") }})
{%- endmacro %}

{% macro _snapshot_strategy(unique_key, updated_at, row_changed) -%}
    {%- set hard_deletes = adapter.get_hard_deletes_behavior(config) -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
    {{ return({
        'unique_key': unique_key,
        'updated_at': updated_at,
        'row_changed': row_changed,
        'scd_id': snapshot_hash_arguments(keys + [updated_at]),
        'hard_deletes': hard_deletes,
        'invalidate_hard_deletes': hard_deletes == 'invalidate'
    }) }}
{%- endmacro %}

{#
    Compared is the time from which the snapshot's row holds: it is always there, while the query's own
    column may have come only later.
#}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
    {%- set updated_at = config.get('updated_at') -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {{ return(_snapshot_strategy(
        config.get('unique_key'),
        updated_at,
        '(' ~ snapshotted_rel ~ '.' ~ columns.dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')'
    )) }}
{%- endmacro %}

{# A column that the snapshot has not yet makes every row a changed one. #}
{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
    {%- set is_new, columns = snapshot_check_all_get_existing_columns(
        node, target_exists, config.get('check_cols')
    ) -%}
    {%- set differences = [get_true_sql()] if is_new else [] -%}
    {%- for column in columns if not is_new -%}
        {%- do differences.append(
            snapshotted_rel ~ '.' ~ column ~ ' is distinct from ' ~ current_rel ~ '.' ~ column
        ) -%}
    {%- endfor -%}
    {{ return(_snapshot_strategy(
        config.get('unique_key'),
        config.get('updated_at') or snapshot_get_time(),
        '(' ~ (differences | join(' or ') or 'false') ~ ')'
    )) }}
{%- endmacro %}

{# Whether the query has columns that the snapshot has not, and those that both have, quoted. #}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
    {%- if not target_exists -%}
        {{ return((False, [])) }}
    {%- endif -%}
    {%- set query -%}
        {{ node['compiled_code'] }}
    {%- endset -%}
    {%- if check_cols_config != 'all' -%}
        {%- if not check_cols_config or check_cols_config is string or check_cols_config is mapping
            or check_cols_config is not iterable -%}
            {%- do exceptions.raise_compiler_error("Invalid value for 'check_cols': " ~ check_cols_config) -%}
        {%- endif -%}
        {# Asking the database gives the names as they are in it, however the project writes them. #}
        {%- set query = 'select ' ~ check_cols_config | join(', ') ~ ' from (\n' ~ query ~ '\n) as subq' -%}
    {%- endif -%}
    {%- set snapshot = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias) -%}
    {%- set existing = adapter.get_columns_in_relation(snapshot) | map(attribute='name') | list -%}
    {%- set wanted = get_columns_in_query(query) -%}
    {%- set common = [] -%}
    {%- for column in wanted if column in existing -%}
        {%- do common.append(adapter.quote(column)) -%}
    {%- endfor -%}
    {{ return((common | length < wanted | length, common)) }}
{%- endmacro %}
