-- Signing up counts as being here: who has never logged in is missed from the day of the sign-up.
with clock as (

    select
        coalesce(
            cast(nullif('{{ var("as_of") }}', '') as timestamptz),
            max(_mr_event_at)
        ) as as_of
    from {{ source('web', 'tracks') }}

),

logins as (

    select
        user_id,
        count(*) as logins,
        max(logged_in_at) as last_login_at
    from {{ ref('stg_logins') }}
    group by user_id

)

select
    signups.user_id,
    signups.city,
    signups.signed_up_at,
    logins.last_login_at,
    coalesce(logins.logins, 0) as logins,
    cast(
        floor(
            extract(
                epoch from clock.as_of - coalesce(logins.last_login_at, signups.signed_up_at)
            ) / 86400
        ) as integer
    ) as days_away
from {{ ref('stg_signups') }} as signups
cross join clock
left join logins
    on signups.user_id = logins.user_id
