import { describe, expect, test } from 'vitest';
import { hubConfigSchema } from './config/config.ts';
import { chooseParts } from './parts.ts';
import { SERVICES } from './services/registry.ts';

const AMQP = 'amqp://broker';
const databaseUrl = 'postgres://store/butik';
const choose = (settings: object) => chooseParts(hubConfigSchema.parse({ databaseUrl, ...settings }));
const everybody = Object.fromEntries(SERVICES.map(({ name }) => [name, `${name}:4200`]));
const addresses = Object.entries(everybody)
  .map(([name, at]) => `${name}=${at}`)
  .join(',');

describe('what a hub process runs', () => {
  test('is everything, unless it is told', () => {
    const parts = choose({});
    expect(parts).toMatchObject({ whole: true, sync: true, calls: [], otherConsumers: [] });
    expect(parts.services).toEqual(SERVICES);
  });

  test('is the named services, with the addresses of those that they call', () => {
    const parts = choose({ services: 'order', amqpUrl: AMQP, serviceAddresses: addresses });
    expect(parts.services.map(({ name }) => name)).toEqual(['order']);
    expect(parts).toMatchObject({ whole: false, sync: false });
    expect(parts.calls).toEqual(expect.arrayContaining(['inventory', 'payment']));
    expect(parts.calls).not.toContain('order');
  });

  test('knows whose events a broker must keep for others', () => {
    const consumers = choose({
      services: 'payment',
      amqpUrl: AMQP,
      serviceAddresses: addresses,
    }).otherConsumers;
    expect(consumers.map(({ consumer }) => consumer)).toEqual(
      expect.arrayContaining(['feed', 'product-search']),
    );
  });

  test('asks for a broker and a shared database when services run apart', () => {
    expect(() => choose({ services: 'shop' })).toThrow('amqpUrl (BUTIK_AMQP_URL)');
    const alone = { services: 'shop', amqpUrl: AMQP, databaseUrl: undefined };
    expect(() => choose(alone)).toThrow('databaseUrl (BUTIK_DATABASE_URL)');
  });

  test('asks for the address of a service that is called and does not run here', () => {
    expect(() => choose({ services: 'sync,order', amqpUrl: AMQP })).toThrow(
      /serviceAddresses \(BUTIK_SERVICE_ADDRESSES\): the address of .*shop/,
    );
  });

  test('refuses a service that there is not', () => {
    expect(() => choose({ services: 'order,billing' })).toThrow(
      /services \(BUTIK_SERVICES\): there is no billing/,
    );
  });
});

test('every service calls only services that answer calls, and says each consumer once', () => {
  const consumers = SERVICES.flatMap(({ consumes }) => consumes.map(({ consumer }) => consumer));
  expect(new Set(consumers).size).toBe(consumers.length);
  for (const { calls } of SERVICES) for (const name of calls) expect(everybody).toHaveProperty(name);
});
