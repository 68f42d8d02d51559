{{ config(materialized='table') }}

select _mr_id as delivery_id, sdk, amount, _mr_event_at as delivered_at
from {{ source('sdk', 'sdk_checked') }}
