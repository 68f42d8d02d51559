select
    lead_id,
    anonymous_id as visitor_id,
    email as email_hash,
    campaign,
    _mr_event_at as captured_at
from {{ source('web', 'lead_captured') }}
