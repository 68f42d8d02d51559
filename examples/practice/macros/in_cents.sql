{% macro in_cents(column) -%}
    ({{ column }} * 100)::numeric
{%- endmacro %}
