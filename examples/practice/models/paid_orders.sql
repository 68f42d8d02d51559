{{ config(materialized='ephemeral') }}

select * from {{ ref('orders_stage') }} where is_paid
