{%- set flags = ['is_paid'] -%}

select
    id as order_id,
    customer_id,
    ordered_at,
    {{ in_cents('amount') }} as cents
    {%- for flag in flags %},
    {{ flag }}
    {%- endfor %}
from {{ ref('raw_orders') }}
