{# The four tests that every project has. Each selects the rows that fail it. #}

{% test unique(model, column_name) %}
    {{ return(adapter.dispatch('test_unique', 'dbt')(model, column_name)) }}
{% endtest %}

{% macro default__test_unique(model, column_name) %}
    with value_counts as (
        select {{ column_name }} as unique_field, count(*) as n_records
        from {{ model }}
        group by 1
    )
    select unique_field, n_records
    from value_counts
    where unique_field is not null and n_records > 1
{% endmacro %}

{% test not_null(model, column_name) %}
    {{ return(adapter.dispatch('test_not_null', 'dbt')(model, column_name)) }}
{% endtest %}

{# Failures that are kept are of use only with the columns that say which row it was. #}
{% macro default__test_not_null(model, column_name) %}
    select {{ '*' if should_store_failures() else column_name }}
    from {{ model }}
    where {{ column_name }} is null
{% endmacro %}

{% test accepted_values(model, column_name, values, quote=True) %}
    {{ return(adapter.dispatch('test_accepted_values', 'dbt')(model, column_name, values, quote)) }}
{% endtest %}

{# A row for each value, not for each of its rows; null is not in any list, nor out of it. #}
{% macro default__test_accepted_values(model, column_name, values, quote=True) %}
    {%- set accepted = [] -%}
    {%- for value in values -%}
        {%- do accepted.append("'" ~ value ~ "'" if quote else value) -%}
    {%- endfor %}
    with value_counts as (
        select {{ column_name }} as value_field, count(*) as n_records
        from {{ model }}
        group by {{ column_name }}
    )
    select value_field, n_records
    from value_counts
    where value_field not in ({{ accepted | join(', ') }})
{% endmacro %}

{% test relationships(model, column_name, to, field) %}
    {{ return(adapter.dispatch('test_relationships', 'dbt')(model, column_name, to, field)) }}
{% endtest %}

{# A row for each child without parent, so that the failures say how many there are. #}
{% macro default__test_relationships(model, column_name, to, field) %}
    with child as (
        select {{ column_name }} as from_field from {{ model }}
    ),
    parent as (
        select {{ field }} as to_field from {{ to }}
    )
    select from_field
    from child
    where from_field is not null and not exists (select from parent where to_field = from_field)
{% endmacro %}
