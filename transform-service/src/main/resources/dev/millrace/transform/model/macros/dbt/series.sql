{# Rows out of nothing. #}

{% macro get_powers_of_two(upper_bound) -%}
    {{ return(adapter.dispatch('get_powers_of_two', 'dbt')(upper_bound)) }}
{%- endmacro %}

{# The least power of two, and at least the first, that reaches the bound. #}
{% macro default__get_powers_of_two(upper_bound) -%}
    {%- if upper_bound <= 0 -%}
        {%- do exceptions.raise_compiler_error('upper bound must be positive') -%}
    {%- endif -%}
    {%- for power in range(1, 63) if 2 ** power >= upper_bound -%}
        {{ return(power) }}
    {%- endfor -%}
{%- endmacro %}

{% macro generate_series(upper_bound) -%}
    {{ return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) }}
{%- endmacro %}

{# The numbers are of the type that sums of powers have, which models may have come to rely on. #}
{% macro default__generate_series(upper_bound) %}
    {%- if upper_bound <= 0 -%}
        {%- do exceptions.raise_compiler_error('upper bound must be positive') -%}
    {%- endif %}
    select cast(number as double precision) as generated_number
    from pg_catalog.generate_series(1, {{ upper_bound | int }}) as series(number)
    order by generated_number
{% endmacro %}
