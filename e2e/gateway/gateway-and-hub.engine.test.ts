import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { engineAddresses } from '../apart/engines.ts';
import { type Apart, startApart } from '../apart/start-apart.ts';
import { type Answer, ask, problemIn, type Question } from './ask.ts';
import { missingForNginx, type Nginx, startNginx } from './start-nginx.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });

const addresses = engineAddresses(process.env);
const missing = missingForNginx() ?? (addresses ? undefined : 'an engine has no address in BUTIK_TEST_…');
if (missing) console.log(`The gateway is not tested in front of hub processes: ${missing}.`);

const SHOP = {
  name: 'Butiken vid grinden',
  currency: 'SEK',
  country: 'SE',
  timeZone: 'Europe/Stockholm',
  fiscalMode: 'exempt-unmanned',
  orgNumber: '556000-0000',
};

describe.skipIf(missing !== undefined)('the gateway in front of services as processes of their own', () => {
  let apart: Apart;
  let nginx: Nginx;

  beforeAll(async () => {
    apart = await startApart(addresses!);
    const { catalogue, inventory, order, payment, notification, sync } = apart.parts;
    const parts = { product: catalogue, shop: catalogue, inventory, order, payment, notification, sync };
    const upstreams = Object.entries(parts).map(([name, { address }]) => [name, [new URL(address.hub).host]]);
    nginx = await startNginx(Object.fromEntries(upstreams) as Record<string, string[]>);
  });
  afterAll(async () => {
    await nginx?.close();
    await apart?.close();
  });

  const say = (question: Question): Promise<Answer> => ask(nginx, question);
  function asHeadOffice(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { authorization: `Bearer ${apart.parts.sync.address.token}` };
    if (!body) return say({ method, path, headers });
    const json = { ...headers, 'content-type': 'application/json' };
    return say({ method, path, headers: json, body: JSON.stringify(body) });
  }

  test.each([
    '/v1/products',
    '/products',
    '/v1/products/search?q=mj',
    '/v1/shops',
    '/shops',
    '/v1/orders/summary',
    '/v1/payments',
    '/v1/notifications',
    '/v1/mailbox',
    '/v1/sync/shops',
    '/v1/sync/quarantine',
    '/v1/sync/dead-letters',
  ])('head office is answered at %s by the process that knows, and a stranger by none', async (path) => {
    const stranger = await say({ path });
    expect([stranger.status, problemIn(stranger).code]).toEqual([401, 'UNAUTHENTICATED']);
    const answer = await asHeadOffice('GET', path);
    // Some want to know more, such as a shop: then it is the service that says so.
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 400) expect(problemIn(answer).code).toBe('REQUEST_INVALID');
  });

  test('a shop is opened and its box enrolled, through the gateway and over the services’ own calls', async () => {
    const made = await asHeadOffice('POST', '/v1/shops', SHOP);
    expect(made.status).toBe(201);
    const { shopId } = JSON.parse(made.body) as { shopId: string };
    const issued = await asHeadOffice('POST', `/v1/shops/${shopId}/enrolment-tokens`);
    const { token } = JSON.parse(issued.body) as { token: string };
    const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const enrolled = await say({
      method: 'POST',
      path: '/sync/v1/enrol',
      headers: { 'content-type': 'application/json', 'x-request-id': 'enrol-1' },
      body: JSON.stringify({ token, publicKey: { kty: 'OKP', crv: 'Ed25519', x } }),
    });
    expect(enrolled.status).toBe(201);
    expect(enrolled.headers['x-request-id']).toBe('enrol-1');
    expect(JSON.parse(enrolled.body)).toMatchObject({ shop: { shopId, name: SHOP.name } });
    const nodes = await asHeadOffice('GET', `/v1/shops/${shopId}/nodes`);
    expect(JSON.parse(nodes.body).items).toHaveLength(1);
  });

  test('a service that is killed is said to be away; the others go on', async () => {
    await apart.parts.payment.process.kill();
    const away = await asHeadOffice('GET', '/v1/payments');
    expect([away.status, problemIn(away).details]).toEqual([503, { part: 'payment' }]);
    expect((await asHeadOffice('GET', '/v1/shops')).status).toBe(200);
    await apart.parts.payment.process.start();
    expect((await asHeadOffice('GET', '/v1/payments')).status).toBe(200);
  });
});
