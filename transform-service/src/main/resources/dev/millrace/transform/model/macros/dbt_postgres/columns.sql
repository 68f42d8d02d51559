{#
    Not from information_schema.columns, which knows no materialized views and calls every array ARRAY.
    A relation without schema is the one that a query would find, such as a temporary table.
#}
{% macro postgres__get_columns_in_relation(relation) -%}
    {%- call statement('get_columns_in_relation', fetch_result=True) -%}
        select
            attribute.attname as column_name,
            pg_catalog.format_type(attribute.atttypid, null) as data_type,
            information_schema._pg_char_max_length(attribute.atttypid, attribute.atttypmod)
                as character_maximum_length,
            information_schema._pg_numeric_precision(attribute.atttypid, attribute.atttypmod)
                as numeric_precision,
            information_schema._pg_numeric_scale(attribute.atttypid, attribute.atttypmod)
                as numeric_scale
        from pg_catalog.pg_class as relation
        join pg_catalog.pg_attribute as attribute on attribute.attrelid = relation.oid
        where relation.relname = '{{ relation.identifier }}'
            and relation.relkind in ('r', 'p', 'v', 'm', 'f')
            and {{ "relation.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = '"
                ~ relation.schema ~ "')" if relation.schema else 'pg_catalog.pg_table_is_visible(relation.oid)' }}
            and attribute.attnum > 0
            and not attribute.attisdropped
        order by attribute.attnum
    {%- endcall -%}
    {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}
