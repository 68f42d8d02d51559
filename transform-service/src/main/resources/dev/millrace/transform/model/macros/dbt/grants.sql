{# Grants: who may do what with a node's relation. #}

{# Whether a relation that takes another's place takes its grants as well. #}
{% macro copy_grants() -%}
    {{ return(adapter.dispatch('copy_grants', 'dbt')()) }}
{%- endmacro %}

{% macro default__copy_grants() -%}
    {{ return(True) }}
{%- endmacro %}

{% macro support_multiple_grantees_per_dcl_statement() -%}
    {{ return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) }}
{%- endmacro %}

{% macro default__support_multiple_grantees_per_dcl_statement() -%}
    {{ return(True) }}
{%- endmacro %}

{# Whether there may be grants of earlier runs that are wanted no more. #}
{% macro should_revoke(existing_relation, full_refresh_mode=True) -%}
    {%- if not existing_relation -%}
        {{ return(False) }}
    {%- endif -%}
    {{ return(copy_grants() if full_refresh_mode else True) }}
{%- endmacro %}

{% macro get_show_grant_sql(relation) -%}
    {{ return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_show_grant_sql(relation) -%}
    show grants on {{ relation.render() }}
{%- endmacro %}

{% macro get_grant_sql(relation, privilege, grantees) -%}
    {{ return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) }}
{%- endmacro %}

{# Grantees stand as the project writes them, which is free to write a group or quotes. #}
{% macro default__get_grant_sql(relation, privilege, grantees) -%}
    grant {{ privilege }} on {{ relation.render() }} to {{ grantees | join(', ') }}
{%- endmacro %}

{% macro get_revoke_sql(relation, privilege, grantees) -%}
    {{ return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) }}
{%- endmacro %}

{# Those who lose a grant come from the database, by their exact names. #}
{% macro default__get_revoke_sql(relation, privilege, grantees) -%}
    {%- set quoted = [] -%}
    {%- for grantee in grantees -%}
        {%- do quoted.append(adapter.quote(grantee)) -%}
    {%- endfor -%}
    revoke {{ privilege }} on {{ relation.render() }} from {{ quoted | join(', ') }}
{%- endmacro %}

{% macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
    {{ return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) }}
{%- endmacro %}

{% macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
    {%- set at_once = support_multiple_grantees_per_dcl_statement() -%}
    {%- set statements = [] -%}
    {%- for privilege, grantees in grant_config.items() if grantees -%}
        {%- set groups = [grantees] if at_once else grantees | batch(1) | list -%}
        {%- for group in groups -%}
            {%- do statements.append(get_dcl_macro(relation, privilege, group)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(statements) }}
{%- endmacro %}

{% macro call_dcl_statements(dcl_statement_list) -%}
    {{ return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) }}
{%- endmacro %}

{% macro default__call_dcl_statements(dcl_statement_list) -%}
    {%- call statement('grants') -%}
        {{ dcl_statement_list | join(';\n') }};
    {%- endcall -%}
{%- endmacro %}

{% macro apply_grants(relation, grant_config, should_revoke) -%}
    {{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}
{%- endmacro %}

{# A node that says nothing of grants leaves them alone; only what differs is changed. #}
{% macro default__apply_grants(relation, grant_config, should_revoke=True) -%}
    {%- if grant_config -%}
        {%- set present = {} -%}
        {%- if should_revoke -%}
            {%- set present = adapter.standardize_grants_dict(run_query(get_show_grant_sql(relation))) -%}
        {%- endif -%}
        {%- set unwanted = diff_of_two_dicts(present, grant_config) -%}
        {%- set missing = diff_of_two_dicts(grant_config, present) -%}
        {%- set statements = get_dcl_statement_list(relation, unwanted, get_revoke_sql)
            + get_dcl_statement_list(relation, missing, get_grant_sql) -%}
        {%- if statements -%}
            {%- do call_dcl_statements(statements) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# What the lists of one dict have that those of the other have not, whatever the case of either. #}
{% macro diff_of_two_dicts(dict_a, dict_b) -%}
    {%- set others = {} -%}
    {%- for key, values in dict_b.items() -%}
        {%- do others.update({key | lower: values | map('lower') | list}) -%}
    {%- endfor -%}
    {%- set difference = {} -%}
    {%- for key, values in dict_a.items() -%}
        {%- set known = others.get(key | lower, []) -%}
        {%- set rest = [] -%}
        {%- for value in values if value | lower not in known -%}
            {%- do rest.append(value) -%}
        {%- endfor -%}
        {%- if rest -%}
            {%- do difference.update({key: rest}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(difference) }}
{%- endmacro %}
