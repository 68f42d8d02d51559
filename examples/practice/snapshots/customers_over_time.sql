{% snapshot customers_over_time %}
{{ config(target_schema=target.schema, unique_key='customer_id', strategy='check', check_cols=['name', 'balance']) }}

select * from {{ ref('customers_stage') }}
{% endsnapshot %}
