select
    order_id,
    user_id as customer_id,
    restaurant,
    city,
    total,
    cast(items as jsonb) as items,
    _mr_event_at as ordered_at
from {{ source('web', 'order_completed') }}
