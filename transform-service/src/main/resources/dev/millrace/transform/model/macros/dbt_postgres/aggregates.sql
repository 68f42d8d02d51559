{# The least value, so that the same rows give the same result in every run. #}
{% macro postgres__any_value(expression) -%}
    min({{ expression }})
{%- endmacro %}

{% macro postgres__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {{ return(dbt.default__listagg(measure, delimiter_text, order_by_clause, limit_num)) }}
{%- endmacro %}
