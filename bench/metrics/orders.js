cube('orders', {
  sql: 'select * from facts.orders',
  dimensions: {
    id: { sql: 'id', type: 'number', primaryKey: true },
    status: { sql: 'status', type: 'string' },
    country: { sql: 'country', type: 'string' },
    createdAt: { sql: 'created_at', type: 'time' },
  },
  measures: {
    count: { type: 'count' },
    revenue: { sql: 'amount', type: 'sum' },
    average: { sql: 'amount', type: 'avg' },
  },
});
