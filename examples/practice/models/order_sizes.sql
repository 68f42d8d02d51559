{{ config(materialized='materialized_view') }}

select width_bucket(cents, 0, 3000, 3) as size, count(*) as orders
from {{ ref('orders_stage') }}
group by 1
