import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Engine } from './engine.ts';
import { ENGINES, findEngines } from './find-engines.ts';

const container = {
  composeService: 'store',
  port: 1,
  address: (hostAndPort: string) => `store://${hostAndPort}`,
};
const noDocker = () => Promise.reject(new Error('no Docker'));
const store: Engine = {
  container,
  name: 'store',
  variable: 'BUTIK_TEST_STORE',
  usually: 'store://usual',
  find: async (address = 'store://usual') => ({ address, version: '7.1' }),
};
const gone: Engine = {
  container,
  name: 'gone',
  variable: 'BUTIK_TEST_GONE',
  usually: 'gone://usual',
  find: () => Promise.reject(new Error('connection refused')),
};

test('an engine is taken from its variable, else from its usual place, and said with its version', async () => {
  const said: string[] = [];
  const usual = await findEngines([store], {}, [], (line) => said.push(line));
  expect(usual).toMatchObject({ env: { BUTIK_TEST_STORE: 'store://usual' }, missing: [] });
  const given = { BUTIK_TEST_STORE: 'store://me:secret@there' };
  const own = await findEngines([store], given, [], (line) => said.push(line));
  expect(own.env).toEqual(given);
  expect(said).toEqual(['  store         7.1 at store://usual', '  store         7.1 at store://me:…@there']);
});

test('an engine that is not there is a fault, unless it may be missing', async () => {
  const said: string[] = [];
  const found = await findEngines([gone, store], {}, [], (line) => said.push(line), noDocker);
  expect(found).toMatchObject({ env: { BUTIK_TEST_STORE: 'store://usual' }, missing: ['gone'] });
  expect(said[0]).toContain(
    'MISSING: connection refused; by Docker: no Docker (BUTIK_TEST_GONE, or gone://usual)',
  );
  const allowed = await findEngines([gone], {}, ['gone'], (line) => said.push(line), noDocker);
  expect(allowed).toMatchObject({ env: {}, missing: [] });
  expect(said.at(-1)).toContain('left out: connection refused; by Docker: no Docker');
});

test('an engine that was started for the run is stopped after it', async () => {
  let stopped = false;
  const started: Engine = {
    ...store,
    find: async () => ({
      address: 'store://started',
      version: '7.1',
      stop: async () => {
        stopped = true;
      },
    }),
  };
  const found = await findEngines([started], {}, [], () => undefined);
  expect(stopped).toBe(false);
  await found.stop();
  expect(stopped).toBe(true);
});

test('an engine that is nowhere is started by Docker and stopped after the run, but not in place of one that was named', async () => {
  let running = 0;
  const start = async () => {
    running += 1;
    const stop = async () => {
      running -= 1;
    };
    return { address: 'store://docker', stop };
  };
  const onlyByAddress: Engine = {
    ...store,
    find: async (address) => {
      if (address === undefined) throw new Error('it has no usual place');
      return store.find(address);
    },
  };
  const found = await findEngines([onlyByAddress], {}, [], () => undefined, start);
  expect(found).toMatchObject({ env: { BUTIK_TEST_STORE: 'store://docker' }, missing: [] });
  expect(running).toBe(1);
  await found.stop();
  expect(running).toBe(0);
  const named = await findEngines([gone], { BUTIK_TEST_GONE: 'gone://there' }, [], () => undefined, start);
  expect(named.missing).toEqual(['gone']);
  expect(running).toBe(0);
});

test('every engine has its image in docker-compose.yml', () => {
  const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
  const { services } = parse(compose, { merge: true }) as { services: Record<string, { image: string }> };
  for (const { container } of ENGINES) expect(services[container.composeService]?.image).toMatch(/:/);
});
