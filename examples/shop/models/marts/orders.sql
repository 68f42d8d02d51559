select
    orders.order_id,
    orders.customer_id,
    orders.restaurant,
    orders.city,
    orders.total,
    orders.ordered_at,
    deliveries.courier,
    deliveries.delivered_at,
    extract(epoch from deliveries.delivered_at - orders.ordered_at) / 60 as minutes_to_door
from {{ ref('stg_orders') }} as orders
left join {{ ref('stg_deliveries') }} as deliveries
    on orders.order_id = deliveries.order_id
