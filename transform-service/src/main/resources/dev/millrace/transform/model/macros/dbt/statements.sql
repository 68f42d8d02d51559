{# Statements that templates run. #}

{% macro statement(name=None, fetch_result=False, auto_begin=True, language='sql') -%}
    {%- if execute -%}
        {%- set code = caller() -%}
        {%- if language != 'sql' -%}
            {%- do exceptions.raise_compiler_error(
                'A statement can only be in SQL here, not in ' ~ language
            ) -%}
        {%- endif -%}
        {%- if name == 'main' -%}
            {%- do write(code) -%}
        {%- endif -%}
        {%- set response, table = adapter.execute(code, auto_begin=auto_begin, fetch=fetch_result) -%}
        {%- if name is not none -%}
            {%- do store_result(name, response=response, agate_table=table) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# Says that a statement was run, for work that was done in other ways. #}
{% macro noop_statement(name=None, message=None, code=None, rows_affected=None, res=None) -%}
    {%- set sql = caller() -%}
    {%- if name == 'main' -%}
        {%- do write(sql) -%}
    {%- endif -%}
    {%- if name is not none -%}
        {%- do store_raw_result(
            name, message=message, code=code, rows_affected=rows_affected, agate_table=res
        ) -%}
    {%- endif -%}
{%- endmacro %}

{% macro run_query(sql) -%}
    {%- call statement('run_query_statement', fetch_result=True, auto_begin=False) -%}
        {{ sql }}
    {%- endcall -%}
    {%- set answer = load_result('run_query_statement') -%}
    {# While a project is only read, nothing was run. #}
    {{ return(answer.table if answer else none) }}
{%- endmacro %}
