{% macro postgres__split_part(string_text, delimiter_text, part_number) -%}
    {{ return(dbt.default__split_part(string_text, delimiter_text, part_number)) }}
{%- endmacro %}
