with visits as (

    select
        visitor_id,
        count(*) as visits,
        max(ended_at) as last_visit_at
    from {{ ref('stg_visits') }}
    group by visitor_id

),

opens as (

    select
        email_hash,
        count(*) as email_opens,
        max(opened_at) as last_open_at
    from {{ ref('stg_email_opens') }}
    group by email_hash

)

select
    leads.lead_id,
    leads.campaign,
    leads.captured_at,
    coalesce(visits.visits, 0) as visits,
    visits.last_visit_at,
    coalesce(opens.email_opens, 0) as email_opens,
    opens.last_open_at
from {{ ref('stg_leads') }} as leads
left join visits
    on leads.visitor_id = visits.visitor_id
left join opens
    on leads.email_hash = opens.email_hash
