{% macro postgres__get_create_materialized_view_as_sql(relation, sql) -%}
    {%- set statements = ['create materialized view if not exists ' ~ relation ~ ' as (\n' ~ sql ~ '\n)'] -%}
    {%- for index in config.get('indexes') or [] -%}
        {%- do statements.append(get_create_index_sql(relation, index)) -%}
    {%- endfor -%}
    {{ statements | join(';\n') }}
{%- endmacro %}

{% macro postgres__drop_materialized_view(relation) -%}
    drop materialized view if exists {{ relation }} cascade
{%- endmacro %}

{% macro postgres__refresh_materialized_view(relation) -%}
    refresh materialized view {{ relation }}
{%- endmacro %}

{% macro postgres__get_rename_materialized_view_sql(relation, new_name) -%}
    alter materialized view {{ relation }} rename to {{ new_name }}
{%- endmacro %}

{# Indexes are all that can be changed. #}
{% macro postgres__describe_materialized_view(relation) -%}
    {{ return({'indexes': run_query(get_show_indexes_sql(relation))}) }}
{%- endmacro %}

{% macro postgres__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
    {%- set wanted = {} -%}
    {%- for index in new_config.get('indexes') or [] -%}
        {%- set method = (index.get('type') or 'btree') | lower -%}
        {%- do wanted.update({
            _index_identity(index['columns'], index.get('unique'), method): index
        }) -%}
    {%- endfor -%}
    {%- set present = {} -%}
    {%- for index in postgres__describe_materialized_view(existing_relation).indexes -%}
        {%- do present.update({
            _index_identity(index['column_names'].split(','), index['unique'], index['method']): index['name']
        }) -%}
    {%- endfor -%}
    {%- set changes = [] -%}
    {%- for identity, name in present.items() if identity not in wanted -%}
        {%- do changes.append({'action': 'drop', 'context': {'name': name}}) -%}
    {%- endfor -%}
    {%- for identity, index in wanted.items() if identity not in present -%}
        {%- do changes.append({'action': 'create', 'context': {'as_node_config': index}}) -%}
    {%- endfor -%}
    {{ return({'requires_full_refresh': False, 'indexes': changes} if changes else none) }}
{%- endmacro %}

{# Names say nothing of an index: they are new each time. #}
{% macro _index_identity(columns, unique, method) -%}
    {{ return((columns | map('lower') | sort | join(',')) ~ ' ' ~ method ~ (' unique' if unique else '')) }}
{%- endmacro %}

{% macro postgres__get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) -%}
    {{ return(
        get_replace_sql(existing_relation, relation, sql) if configuration_changes.requires_full_refresh
        else postgres__update_indexes_on_materialized_view(relation, configuration_changes.indexes)
    ) }}
{%- endmacro %}

{% macro postgres__update_indexes_on_materialized_view(relation, index_changes) -%}
    {%- set statements = [] -%}
    {%- for change in index_changes -%}
        {%- do statements.append(
            postgres__get_drop_index_sql(relation, change.context.name) if change.action == 'drop'
            else postgres__get_create_index_sql(relation, change.context.as_node_config)
        ) -%}
    {%- endfor -%}
    {{ statements | join(';\n') }}
{%- endmacro %}
