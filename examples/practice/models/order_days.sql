{{ config(materialized='incremental', unique_key='day', on_schema_change='append_new_columns') }}

select ordered_at::date as day, count(*) as orders, sum(cents) as cents
from {{ ref('orders_stage') }}
{% if is_incremental() %}
where ordered_at::date >= (select max(day) from {{ this }})
{% endif %}
group by 1
