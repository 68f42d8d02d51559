select
    _mr_id as page_view_id,
    anonymous_id as visitor_id,
    user_id,
    path,
    _mr_event_at as viewed_at
from {{ source('web', 'pages') }}
