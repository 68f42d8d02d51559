with restaurants as (

    select
        customer_id,
        date_trunc('month', ordered_at, 'UTC') as month,
        restaurant,
        count(*) as orders,
        sum(total) as spend
    from {{ ref('stg_orders') }}
    group by 1, 2, 3

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, month
            order by spend desc, restaurant collate "C"
        ) as place
    from restaurants

)

select
    customer_id,
    month,
    sum(orders) as orders,
    sum(spend) as spend,
    string_agg(restaurant, ', ' order by place) filter (where place <= 3) as top_restaurants
from ranked
group by customer_id, month
