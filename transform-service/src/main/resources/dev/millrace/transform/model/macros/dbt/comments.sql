{# Descriptions that are kept in the database as comments. #}

{% macro persist_docs(relation, model, for_relation=true, for_columns=true) -%}
    {{ return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) }}
{%- endmacro %}

{% macro default__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set wanted = config.get('persist_docs') or {} -%}
    {%- if for_relation and wanted.get('relation') and model.description -%}
        {%- do run_query(alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- if for_columns and wanted.get('columns') and model.columns -%}
        {%- set existing = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
        {%- set comments = alter_column_comment(relation, validate_doc_columns(relation, model.columns, existing)) -%}
        {%- if comments | trim -%}
            {%- do run_query(comments) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# The described columns that are there; a warning names the others. #}
{% macro validate_doc_columns(relation, column_dict, existing_column_names) -%}
    {%- set folded = existing_column_names | map('lower') | list -%}
    {%- set present = {} -%}
    {%- set missing = [] -%}
    {%- for name, column in column_dict.items() -%}
        {%- if name in existing_column_names or (not column['quote'] and name | lower in folded) -%}
            {%- do present.update({name: column}) -%}
        {%- else -%}
            {%- do missing.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if missing -%}
        {%- do exceptions.warn(
            'In relation ' ~ relation.render() ~ ': The following columns are specified in the schema but are not'
            ~ ' present in the database: ' ~ missing | join(', ')
        ) -%}
    {%- endif -%}
    {{ return(present) }}
{%- endmacro %}

{% macro alter_relation_comment(relation, relation_comment) -%}
    {{ return(adapter.dispatch('alter_relation_comment', 'dbt')(relation, relation_comment)) }}
{%- endmacro %}

{% macro default__alter_relation_comment(relation, relation_comment) -%}
    {%- do exceptions.raise_not_implemented(
        'alter_relation_comment macro not implemented for adapter ' ~ adapter.type()
    ) -%}
{%- endmacro %}

{% macro alter_column_comment(relation, column_dict) -%}
    {{ return(adapter.dispatch('alter_column_comment', 'dbt')(relation, column_dict)) }}
{%- endmacro %}

{% macro default__alter_column_comment(relation, column_dict) -%}
    {%- do exceptions.raise_not_implemented(
        'alter_column_comment macro not implemented for adapter ' ~ adapter.type()
    ) -%}
{%- endmacro %}
