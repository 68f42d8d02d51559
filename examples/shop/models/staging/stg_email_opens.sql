select
    email as email_hash,
    campaign,
    _mr_event_at as opened_at
from {{ source('mail', 'email_opened') }}
