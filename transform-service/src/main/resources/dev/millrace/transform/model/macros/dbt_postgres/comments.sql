{% macro postgres_escape_comment(comment) -%}
    {%- if comment is not string -%}
        {%- do exceptions.raise_compiler_error('cannot escape a non-string: ' ~ comment) -%}
    {%- endif -%}
    '{{ comment | replace("'", "''") }}'
{%- endmacro %}

{% macro postgres__alter_relation_comment(relation, comment) -%}
    comment on {{ relation.type | replace('_', ' ') }} {{ relation }} is {{ postgres_escape_comment(comment) }};
{%- endmacro %}

{% macro postgres__alter_column_comment(relation, column_dict) -%}
    {%- set existing = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- for name, column in column_dict.items() if name in existing or name | lower in existing %}
    comment on column {{ relation }}.{{ adapter.quote(name) if column['quote'] else name }} is
        {{ postgres_escape_comment(column['description'] or '') }};
    {%- endfor -%}
{%- endmacro %}
