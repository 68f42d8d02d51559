{% macro postgres__get_create_index_sql(relation, index_dict) -%}
    {%- set index = adapter.parse_index(index_dict) -%}
    create {{ 'unique ' if index.unique }}index if not exists {{ adapter.quote(index.render(relation)) }}
    on {{ relation }}{{ ' using ' ~ index.type if index.type }} ({{ index.columns | join(', ') }})
{%- endmacro %}

{% macro postgres__get_drop_index_sql(relation, index_name) -%}
    drop index if exists {{ adapter.quote(relation.schema) }}.{{ adapter.quote(index_name) }}
{%- endmacro %}

{% macro postgres__get_show_indexes_sql(relation) -%}
    select
        index.relname as name,
        method.amname as method,
        entry.indisunique as "unique",
        (
            select string_agg(attribute.attname, ',')
            from pg_catalog.pg_attribute as attribute
            where attribute.attrelid = entry.indrelid and attribute.attnum = any (entry.indkey)
        ) as column_names
    from pg_catalog.pg_index as entry
    join pg_catalog.pg_class as index on index.oid = entry.indexrelid
    join pg_catalog.pg_am as method on method.oid = index.relam
    join pg_catalog.pg_class as relation on relation.oid = entry.indrelid
    join pg_catalog.pg_namespace as schema on schema.oid = relation.relnamespace
    where schema.nspname = '{{ relation.schema }}'
        and relation.relname = '{{ relation.identifier }}'
        and relation.relkind in ('r', 'm')
    order by 1, 2, 3
{%- endmacro %}
