// Sends events through the real Segment SDK for Node, and prints the id of each one it delivered.
//   INGESTION_URL=http://127.0.0.1:8081 WRITE_KEY=... node send.mjs [events]
import { Analytics } from '@segment/analytics-node';
import { randomUUID } from 'node:crypto';

const total = Number(process.argv[2] ?? 10_000);
const { INGESTION_URL: host, WRITE_KEY: writeKey } = process.env;
if (!host || !writeKey) {
  console.error('INGESTION_URL and WRITE_KEY say where to send');
  process.exit(2);
}

const analytics = new Analytics({ writeKey, host, flushAt: 100, flushInterval: 500, maxRetries: 10 });
let failed = 0;
analytics.on('error', (error) => {
  failed++;
  console.error('not delivered:', error.code, error.reason?.message ?? error.reason ?? '');
});

const deliver = (number) =>
  new Promise((resolve) => {
    const messageId = randomUUID();
    analytics.track(
      {
        messageId,
        userId: `node-${number % 100}`,
        event: 'SDK Checked',
        properties: { number, amount: number + 0.1, sdk: 'node' },
      },
      (error) => {
        if (error) failed++;
        else console.log(messageId);
        resolve();
      },
    );
  });

// A bounded number at once, as the SDK itself keeps everything that it is given.
for (let first = 0; first < total; first += 1_000) {
  const count = Math.min(1_000, total - first);
  await Promise.all(Array.from({ length: count }, (_, i) => deliver(first + i)));
}
await analytics.closeAndFlush();
process.exit(failed ? 1 : 0);
