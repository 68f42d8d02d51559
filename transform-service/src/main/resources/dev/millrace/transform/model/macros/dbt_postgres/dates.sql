{# Unlike intervals, dates know quarters: three months each. #}
{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- set one = '3 month' if datepart == 'quarter' else '1 ' ~ datepart -%}
    {{ from_date_or_timestamp }} + (interval '{{ one }}' * ({{ interval }}))
{%- endmacro %}

{#
    How many borders between periods lie between two dates. Calendar periods and days are counted in
    dates; shorter ones are whole periods between the times that both are cut to. The types are those
    that models may have come to rely on: days and weeks are integers, all others are not.
#}
{% macro postgres__datediff(first_date, second_date, datepart) -%}
    {%- set first = '(' ~ first_date ~ ')' -%}
    {%- set second = '(' ~ second_date ~ ')' -%}
    {%- set days = '(' ~ second ~ '::date - ' ~ first ~ '::date)' -%}
    {%- set periods_a_year = {'year': 1, 'quarter': 4, 'month': 12} -%}
    {%- set periods_a_second = {
        'hour': '/ 3600', 'minute': '/ 60', 'second': '', 'millisecond': '* 1000', 'microsecond': '* 1000000'
    } -%}
    {%- if datepart == 'day' -%}
        {{ days }}
    {%- elif datepart == 'week' -%}
        {# The Sundays between, though one less when the second comes before the first and not in its week. #}
        ({{ days }} / 7
            + (date_part('dow', {{ first }}::timestamp) > date_part('dow', {{ second }}::timestamp))::int
            - ({{ first }} > {{ second }})::int)
    {%- elif datepart in periods_a_year -%}
        {%- set years = "(date_part('year', " ~ second ~ "::date) - date_part('year', " ~ first ~ '::date))' -%}
        {%- if datepart == 'year' -%}
            {{ years }}
        {%- else -%}
            ({{ years }} * {{ periods_a_year[datepart] }}
                + date_part('{{ datepart }}', {{ second }}::date) - date_part('{{ datepart }}', {{ first }}::date))
        {%- endif -%}
    {%- elif datepart in periods_a_second -%}
        round(date_part('epoch',
            date_trunc('{{ datepart }}', {{ second }}::timestamp) - date_trunc('{{ datepart }}', {{ first }}::timestamp)
        ) {{ periods_a_second[datepart] }})
    {%- else -%}
        {%- do exceptions.raise_compiler_error(
            "Unsupported datepart for macro datediff in postgres: '" ~ datepart ~ "'"
        ) -%}
    {%- endif -%}
{%- endmacro %}

{% macro postgres__last_day(date, datepart) -%}
    {{ return(dbt.default_last_day(date, datepart)) }}
{%- endmacro %}
