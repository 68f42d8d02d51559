with renamed as (
    select id as customer_id, name, joined_at, coalesce(balance, 0) as balance
    from {{ ref('raw_customers') }}
)

select * from renamed
