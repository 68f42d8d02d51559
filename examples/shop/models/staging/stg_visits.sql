-- A visit ends when its visitor looks at nothing for half an hour. A page view that arrives late
-- can join two visits into one, so visits are derived from all page views and never counted up.
with page_views as (

    select
        visitor_id,
        viewed_at,
        lag(viewed_at) over (partition by visitor_id order by viewed_at) as previous_at
    from {{ ref('stg_page_views') }}
    where visitor_id is not null

),

numbered as (

    select
        visitor_id,
        viewed_at,
        count(*) filter (
            where previous_at is null or viewed_at - previous_at > interval '30 minutes'
        ) over (partition by visitor_id order by viewed_at) as visit_number
    from page_views

)

select
    visitor_id,
    visit_number,
    count(*) as page_views,
    min(viewed_at) as started_at,
    max(viewed_at) as ended_at
from numbered
group by visitor_id, visit_number
