import { numberedId } from '@butik/sync/testing/numbered-id';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestEdge, type TestEdge } from '../testing/open-test-edge.ts';

let shop: TestEdge;
beforeAll(async () => {
  shop = await openTestEdge([{ id: numberedId(1), code: 'MJÖLK', name: 'Mjölk', priceMinor: 1490 }]);
});
afterAll(() => shop.close());

test('a box without a line shows what it has not sent, for how long, and how its requests went', async () => {
  const sale = {
    lines: [{ code: 'MJÖLK', quantity: 1 }],
    tenders: [{ type: 'external', amountMinor: 1490 }],
  };
  expect((await shop.post('/v1/sales', sale)).status).toBe(201);
  expect((await shop.post('/v1/sales', {})).status).toBe(400);
  shop.clock.nowMs += 90_000;
  const { headers, body } = await shop.get('/metrics');
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = String(body).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'butik_edge_unsent_facts{channel="orders",service="edge"} 1',
      'butik_edge_unsent_facts{channel="stock",service="edge"} 1',
      'butik_edge_unsent_facts{channel="payments",service="edge"} 0',
      'butik_edge_unsent_oldest_seconds{service="edge"} 90',
      'butik_edge_hub_connected{service="edge"} 0',
      'butik_http_request_seconds_count{service="edge",method="POST",route="/v1/sales",status="2xx"} 1',
      'butik_http_request_seconds_count{service="edge",method="POST",route="/v1/sales",status="4xx"} 1',
    ]),
  );
});
