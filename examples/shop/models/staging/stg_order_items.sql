select
    orders.order_id,
    orders.customer_id,
    orders.ordered_at,
    item.line,
    item.content ->> 'name' as name,
    item.content ->> 'category' as category,
    cast(item.content ->> 'price' as numeric) as price,
    cast(item.content ->> 'quantity' as bigint) as quantity
from {{ ref('stg_orders') }} as orders
cross join lateral jsonb_array_elements(orders.items) with ordinality as item (content, line)
