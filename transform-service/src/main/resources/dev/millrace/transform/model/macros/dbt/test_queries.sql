{# The queries that tests run. #}

{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ return(adapter.dispatch('get_test_sql', 'dbt')(main_sql, fail_calc, warn_if, error_if, limit)) }}
{%- endmacro %}

{% macro default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    select
        {{ fail_calc }} as failures,
        {{ fail_calc }} {{ warn_if }} as should_warn,
        {{ fail_calc }} {{ error_if }} as should_error
    from (
        {{ main_sql }}
        {{ 'limit ' ~ limit if limit is not none }}
    ) as dbt_internal_test
{%- endmacro %}

{% macro get_where_subquery(relation) -%}
    {{ return(adapter.dispatch('get_where_subquery', 'dbt')(relation)) }}
{%- endmacro %}

{# What a test reads instead of its model, if it is for some rows only. #}
{% macro default__get_where_subquery(relation) -%}
    {%- set where = config.get('where') -%}
    {{ return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') dbt_subquery' if where else relation) }}
{%- endmacro %}

{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {{ return(adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names)) }}
{%- endmacro %}

{# The rows of both sides, with the side that each is of. #}
{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {%- set columns = expected_column_names | join(', ') -%}
    {%- set side = adapter.quote('actual_or_expected') -%}
    with dbt_internal_unit_test_actual as (
        select {{ columns }}, {{ dbt.string_literal('actual') }} as {{ side }}
        from (
            {{ main_sql }}
        ) as _dbt_internal_unit_test_actual
    ),
    dbt_internal_unit_test_expected as (
        select {{ columns }}, {{ dbt.string_literal('expected') }} as {{ side }}
        from (
            {{ expected_fixture_sql }}
        ) as _dbt_internal_unit_test_expected
    )
    select * from dbt_internal_unit_test_actual
    union all
    select * from dbt_internal_unit_test_expected
{%- endmacro %}

{# Rows that stand in for a relation: a column that a row does not name is null in it. #}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
    {%- set types = column_name_to_data_types or {} -%}
    {%- set quoted = {} -%}
    {%- if not types -%}
        {# A relation that was never built here may be known from elsewhere. #}
        {%- set known = defer_relation if defer_relation is defined and defer_relation and not load_relation(this)
            else this -%}
        {%- set types = {} -%}
        {%- for column in get_columns_for_unit_tests(known) -%}
            {%- do types.update({column.name | lower: column.data_type}) -%}
            {%- do quoted.update({column.name | lower: column.quoted}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if not types -%}
        {%- do exceptions.raise_compiler_error(
            "Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this
            ~ " because the relation doesn't exist"
        ) -%}
    {%- endif -%}
    {%- do validate_fixture_rows(rows, none) -%}
    {%- set empty = {} -%}
    {%- for name, type in types.items() -%}
        {%- do empty.update({name: safe_cast('null', type) | trim}) -%}
    {%- endfor -%}
    {%- set selects = [] -%}
    {%- for row in rows -%}
        {%- set values = empty.copy() -%}
        {%- do values.update(format_row(row, types)) -%}
        {%- do selects.append(_fixture_select(values, quoted)) -%}
    {%- endfor -%}
    {{ selects | join('\nunion all\n') if selects else _fixture_select(empty, quoted) ~ ' limit 0' }}
{%- endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {%- set selects = [] -%}
    {%- for row in rows -%}
        {%- do selects.append(
            _fixture_select(format_row(row, column_name_to_data_types), column_name_to_quoted or {})
        ) -%}
    {%- endfor -%}
    {{ selects | join('\nunion all\n') if selects else 'select * from dbt_internal_unit_test_actual limit 0' }}
{%- endmacro %}

{% macro _fixture_select(values, quoted) -%}
    {%- set columns = [] -%}
    {%- for name, value in values.items() -%}
        {%- do columns.append(value ~ ' as ' ~ quoted.get(name, name)) -%}
    {%- endfor -%}
    {{ return('select ' ~ columns | join(', ')) }}
{%- endmacro %}

{# The values of a row as SQL, by lower name. #}
{% macro format_row(row, column_name_to_data_types) -%}
    {%- set formatted = {} -%}
    {%- for name, value in row.items() -%}
        {%- set column = name | lower -%}
        {%- if column not in column_name_to_data_types -%}
            {%- set fixture = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
            {%- do exceptions.raise_compiler_error(
                "Invalid column name: '" ~ column ~ "' in unit test fixture for " ~ fixture ~ '.'
                ~ '\nAccepted columns for ' ~ fixture ~ ' are: ' ~ column_name_to_data_types.keys() | list
            ) -%}
        {%- endif -%}
        {%- set type = column_name_to_data_types[column] -%}
        {%- set literal = value -%}
        {%- if value is none -%}
            {%- set literal = 'null' -%}
        {%- elif value is not number and value is not boolean -%}
            {%- set literal = dbt.string_literal(dbt.escape_single_quotes(value | string)) -%}
            {# A text that is too long must fail the test, not be cut to fit it. #}
            {%- if 'varying' in type -%}
                {%- set type = type.split('(')[0] -%}
            {%- endif -%}
        {%- endif -%}
        {%- do formatted.update({column: safe_cast(literal, type)}) -%}
    {%- endfor -%}
    {{ return(formatted) }}
{%- endmacro %}

{% macro validate_fixture_rows(rows, row_number) -%}
    {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) -%}
{%- endmacro %}
