select
    user_id,
    _mr_event_at as logged_in_at
from {{ source('web', 'logged_in') }}
