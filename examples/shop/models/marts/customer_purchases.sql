-- Features of a customer: what they buy, in which price range, at which hour of the shop's clock.
select
    customer_id,
    category,
    case
        when price < 8 then 'under 8'
        when price < 15 then '8 to 15'
        else '15 and over'
    end as price_range,
    cast(
        extract(hour from ordered_at at time zone '{{ var("timezone") }}') as integer
    ) as hour,
    sum(quantity) as purchases,
    sum(price * quantity) as spend
from {{ ref('stg_order_items') }}
group by 1, 2, 3, 4
