{# What models in Python are wrapped in elsewhere: none run on PostgreSQL. #}

{% macro resolve_model_name(input_model_name) -%}
    {{ return(adapter.dispatch('resolve_model_name', 'dbt')(input_model_name)) }}
{%- endmacro %}

{% macro default__resolve_model_name(input_model_name) -%}
    {{ input_model_name | string | replace('"', '\\"') }}
{%- endmacro %}

{% macro build_ref_function(model) -%}
    {{ _no_python_models(model) }}
{%- endmacro %}

{% macro build_source_function(model) -%}
    {{ _no_python_models(model) }}
{%- endmacro %}

{% macro build_config_dict(model) -%}
    {{ _no_python_models(model) }}
{%- endmacro %}

{% macro py_script_postfix(model) -%}
    {{ _no_python_models(model) }}
{%- endmacro %}

{% macro py_script_comment() -%}
{%- endmacro %}

{% macro _no_python_models(model) -%}
    {%- do exceptions.raise_compiler_error(
        'Python models do not run on PostgreSQL; write ' ~ model.name ~ ' in SQL'
    ) -%}
{%- endmacro %}
