{# PostgreSQL cuts names that are too long without a word, and with them the suffix that tells them apart. #}
{% macro postgres__make_relation_with_suffix(base_relation, suffix, dstring) -%}
    {%- if dstring -%}
        {%- set suffix = suffix ~ modules.datetime.datetime.now().strftime('%H%M%S%f') -%}
    {%- endif -%}
    {%- set room = base_relation.relation_max_name_length() - suffix | length -%}
    {%- if room < 0 -%}
        {%- do exceptions.raise_compiler_error(
            'Relation suffix is too long (' ~ suffix | length ~ ' characters). Maximum length is '
            ~ base_relation.relation_max_name_length() ~ ' characters.'
        ) -%}
    {%- endif -%}
    {{ return(base_relation.incorporate(path={'identifier': base_relation.identifier[:room] ~ suffix})) }}
{%- endmacro %}

{% macro postgres__make_intermediate_relation(base_relation, suffix) -%}
    {{ return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=False)) }}
{%- endmacro %}

{# A temporary table has no schema that could be named, and several runs may be in one session. #}
{% macro postgres__make_temp_relation(base_relation, suffix) -%}
    {%- set named = postgres__make_relation_with_suffix(base_relation, suffix, dstring=True) -%}
    {{ return(named.incorporate(path={'database': none, 'schema': none})) }}
{%- endmacro %}

{% macro postgres__make_backup_relation(base_relation, backup_relation_type, suffix) -%}
    {%- set named = postgres__make_relation_with_suffix(base_relation, suffix, dstring=False) -%}
    {{ return(named.incorporate(type=backup_relation_type)) }}
{%- endmacro %}
