import { describe, expect, test } from 'vitest';
import { explainConfig } from './explain-config.ts';
import { readHubConfig, SETTINGS } from './read-config.ts';

describe('settings', () => {
  test('a hub starts without any', () => {
    expect(readHubConfig({}, {})).toMatchObject({
      dataFolder: '.butik/hub',
      host: '127.0.0.1',
      port: 4100,
      serviceAddresses: {},
      prefix: 'butik',
    });
  });

  test('a flag goes before the environment, and an empty variable is as good as none', () => {
    const env = { BUTIK_HUB_PORT: '4300', BUTIK_LOG_LEVEL: '' };
    expect(readHubConfig({}, env)).toMatchObject({ port: 4300, logLevel: 'info' });
    expect(readHubConfig({ port: '4400' }, env)).toMatchObject({ port: 4400 });
  });

  test('lists and addresses are read with or without spaces', () => {
    const env = {
      BUTIK_SERVICES: 'order, payment',
      BUTIK_SERVICE_ADDRESSES: 'inventory=inventory.butik:4200, shop=10.0.0.7:4201',
    };
    expect(readHubConfig({}, env)).toMatchObject({
      services: ['order', 'payment'],
      serviceAddresses: { inventory: 'inventory.butik:4200', shop: '10.0.0.7:4201' },
    });
  });

  test.each([
    ['BUTIK_HUB_PORT', '70000', 'port'],
    ['BUTIK_DATABASE_URL', 'mysql://here/butik', 'databaseUrl'],
    ['BUTIK_AMQP_URL', 'localhost:5672', 'amqpUrl'],
    ['BUTIK_OPERATOR_TOKEN', 'short', 'operatorToken'],
    ['BUTIK_SERVICE_ADDRESSES', 'inventory', 'serviceAddresses'],
    ['BUTIK_TRACE_RATIO', '2', 'traceRatio'],
    ['BUTIK_TWILIO', 'AC1:token', 'twilio'],
    ['BUTIK_PREFIX', 'Butik 2', 'prefix'],
  ])('%s=%s stops the start and is named', (variable, value, name) => {
    const read = () => readHubConfig({}, { [variable]: value });
    expect(read).toThrow(`${name} (${variable})`);
    expect(read).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });

  test.each([
    [{ BUTIK_DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000' }, 'dynamodbRegion (BUTIK_DYNAMODB_REGION)'],
    [{ BUTIK_S3_ENDPOINT: 'http://127.0.0.1:9000' }, 's3Bucket (BUTIK_S3_BUCKET)'],
    [{ BUTIK_SMTP_URL: 'smtp://mail', BUTIK_SES_REGION: 'eu-north-1' }, 'sesRegion (BUTIK_SES_REGION)'],
    [{ BUTIK_SWISH_URL: 'https://cpc.getswish.net' }, 'swishPayee (BUTIK_SWISH_PAYEE)'],
  ])('settings that cannot go together stop the start: %o', (env, named) => {
    expect(() => readHubConfig({}, env)).toThrow(named);
    expect(explainConfig({}, env).filter(({ fault }) => fault !== null)).toHaveLength(1);
  });

  test('the simulator of Swish needs no number of its own', () => {
    expect(readHubConfig({}, { BUTIK_SWISH_URL: 'http://127.0.0.1:4180' }).swishPayee).toBe('1231181189');
  });

  test('each has a variable of its own and a meaning', () => {
    expect(new Set(SETTINGS.map(({ variable }) => variable)).size).toBe(SETTINGS.length);
    for (const { variable, description } of SETTINGS) {
      expect(variable).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(description).toMatch(/\w.*\.$/);
    }
  });
});

describe('explained', () => {
  const find = (name: string, flags = {}, env = {}) =>
    explainConfig(flags, env).find((setting) => setting.name === name);

  test('a setting tells its value, where that comes from, and its default', () => {
    expect(find('port')).toMatchObject({ value: '4100', source: 'default', default: '4100', fault: null });
    expect(find('port', {}, { BUTIK_HUB_PORT: '1' })).toMatchObject({ value: '1', source: 'environment' });
    expect(find('port', { port: '2' }, { BUTIK_HUB_PORT: '1' })).toMatchObject({
      value: '2',
      source: 'flag',
    });
    expect(find('amqpUrl')).toMatchObject({ value: null, source: 'not set', default: null });
  });

  test('a secret is said to be there and never printed', () => {
    const token = 'a-token-of-head-office-that-is-secret';
    const settings = explainConfig(
      {},
      { BUTIK_OPERATOR_TOKEN: token, BUTIK_DATABASE_URL: 'postgres://a:b@c/d' },
    );
    expect(settings.find(({ name }) => name === 'operatorToken')?.value).toBe('(secret)');
    expect(JSON.stringify(settings)).not.toContain(token);
    expect(JSON.stringify(settings)).not.toContain('a:b@');
  });

  test('a wrong value is said beside the others, not thrown', () => {
    expect(find('port', {}, { BUTIK_HUB_PORT: 'door' })?.fault).toMatch(/number/i);
    expect(find('host', {}, { BUTIK_HUB_PORT: 'door' })?.fault).toBeNull();
  });
});
