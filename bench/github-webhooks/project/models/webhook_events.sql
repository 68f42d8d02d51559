-- Not every event is about a repository, and so not every table has the column: as JSON, a row has
-- what it has.
{% for type in var('event_types') %}
select
    _mr_id as event_id,
    '{{ type }}' as type,
    to_jsonb(landed) ->> 'repository_owner_login' as owner,
    to_jsonb(landed) ->> 'action' as action
from {{ source('github', type) }} as landed
{% if not loop.last %}union all{% endif %}
{% endfor %}
