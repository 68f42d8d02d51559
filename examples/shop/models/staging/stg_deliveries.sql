select
    order_id,
    courier,
    min(_mr_event_at) filter (where status = 'picked_up') as picked_up_at,
    min(_mr_event_at) filter (where status = 'delivered') as delivered_at
from {{ source('fleet', 'deliveries') }}
group by order_id, courier
