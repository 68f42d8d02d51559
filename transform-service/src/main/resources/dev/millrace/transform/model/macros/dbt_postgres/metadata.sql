{% macro postgres__get_catalog_relations(information_schema, relations) -%}
    {%- set wanted = [] -%}
    {%- for relation in relations -%}
        {%- set schema = "lower(schema.nspname) = lower('" ~ relation.schema ~ "')" -%}
        {%- do wanted.append(
            '(' ~ schema ~ " and lower(relation.relname) = lower('" ~ relation.identifier ~ "'))"
            if relation.identifier else schema
        ) -%}
    {%- endfor -%}
    {%- call statement('catalog', fetch_result=True) -%}
        select
            '{{ information_schema.database }}' as table_database,
            schema.nspname as table_schema,
            relation.relname as table_name,
            case relation.relkind
                when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' else 'BASE TABLE'
            end as table_type,
            pg_catalog.obj_description(relation.oid, 'pg_class') as table_comment,
            attribute.attname as column_name,
            attribute.attnum as column_index,
            pg_catalog.format_type(attribute.atttypid, attribute.atttypmod) as column_type,
            pg_catalog.col_description(relation.oid, attribute.attnum) as column_comment,
            pg_catalog.pg_get_userbyid(relation.relowner) as table_owner
        from pg_catalog.pg_class as relation
        join pg_catalog.pg_namespace as schema on schema.oid = relation.relnamespace
        join pg_catalog.pg_attribute as attribute on attribute.attrelid = relation.oid
        where relation.relkind in ('r', 'p', 'f', 'v', 'm')
            and relation.relpersistence <> 't'
            and attribute.attnum > 0
            and not attribute.attisdropped
            and ({{ wanted | join(' or ') if wanted else 'false' }})
        order by schema.nspname, relation.relname, attribute.attnum
    {%- endcall -%}
    {{ return(load_result('catalog').table) }}
{%- endmacro %}

{% macro postgres__get_catalog(information_schema, schemas) -%}
    {%- set relations = [] -%}
    {%- for schema in schemas -%}
        {%- do relations.append({'schema': schema}) -%}
    {%- endfor -%}
    {{ return(postgres__get_catalog_relations(information_schema, relations)) }}
{%- endmacro %}

{# Schemas are compared whole: in a pattern, the underscores of their names would stand for anything. #}
{% macro postgres__list_relations_without_caching(schema_relation) -%}
    {%- call statement('list_relations_without_caching', fetch_result=True) -%}
        select
            '{{ schema_relation.database }}' as database,
            relation.relname as name,
            schema.nspname as schema,
            case relation.relkind when 'v' then 'view' when 'm' then 'materialized_view' else 'table' end as type
        from pg_catalog.pg_class as relation
        join pg_catalog.pg_namespace as schema on schema.oid = relation.relnamespace
        where relation.relkind in ('r', 'p', 'v', 'm')
            and lower(schema.nspname) = lower('{{ schema_relation.schema }}')
    {%- endcall -%}
    {{ return(load_result('list_relations_without_caching').table) }}
{%- endmacro %}

{# The views and what they read: a view hangs on others by the rule that holds its query. #}
{% macro postgres__get_relations() -%}
    {%- call statement('relations', fetch_result=True) -%}
        select distinct
            view_schema.nspname as dependent_schema,
            view.relname as dependent_name,
            source_schema.nspname as referenced_schema,
            source.relname as referenced_name
        from pg_catalog.pg_rewrite as rule
        join pg_catalog.pg_depend as dependency
            on dependency.classid = 'pg_catalog.pg_rewrite'::regclass and dependency.objid = rule.oid
        join pg_catalog.pg_class as source
            on dependency.refclassid = 'pg_catalog.pg_class'::regclass and dependency.refobjid = source.oid
        join pg_catalog.pg_namespace as source_schema on source_schema.oid = source.relnamespace
        join pg_catalog.pg_class as view on view.oid = rule.ev_class
        join pg_catalog.pg_namespace as view_schema on view_schema.oid = view.relnamespace
        where view.oid <> source.oid
            and source_schema.nspname <> 'information_schema'
            and source_schema.nspname not like 'pg\_%'
        order by 1, 2, 3, 4
    {%- endcall -%}
    {{ return(load_result('relations').table) }}
{%- endmacro %}

{% macro postgres_get_relations() -%}
    {{ return(postgres__get_relations()) }}
{%- endmacro %}
