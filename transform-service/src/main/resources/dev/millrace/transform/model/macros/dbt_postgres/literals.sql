{% macro postgres__equals(expr1, expr2) -%}
    {%- set nulls_are_equal = adapter.behavior is defined
        and adapter.behavior.enable_truthy_nulls_equals_macro.no_warn -%}
    ({{ expr1 }} {{ 'is not distinct from' if nulls_are_equal else '=' }} {{ expr2 }})
{%- endmacro %}
