select * from {{ ref('customer_totals') }} where cents < 0
