select
    user_id,
    city,
    _mr_event_at as signed_up_at
from {{ source('web', 'signed_up') }}
