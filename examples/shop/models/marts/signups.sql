select
    user_id,
    city,
    signed_up_at
from {{ ref('stg_signups') }}
