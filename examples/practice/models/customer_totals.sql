{{ config(materialized='table', indexes=[{'columns': ['customer_id'], 'unique': true}]) }}

select
    customers.customer_id,
    customers.name,
    count(orders.order_id) as orders,
    coalesce(sum(orders.cents), 0) as cents
from {{ ref('customers_stage') }} as customers
left join {{ ref('paid_orders') }} as orders using (customer_id)
group by 1, 2
