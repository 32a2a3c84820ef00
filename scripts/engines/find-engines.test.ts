import { expect, test } from 'vitest';
import type { Engine } from './engine.ts';
import { findEngines } from './find-engines.ts';

const store: Engine = {
  name: 'store',
  variable: 'BUTIK_TEST_STORE',
  usually: 'store://usual',
  find: async (address = 'store://usual') => ({ address, version: '7.1' }),
};
const gone: Engine = {
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
  expect(said).toEqual(['  store     7.1 at store://usual', '  store     7.1 at store://me:…@there']);
});

test('an engine that is not there is a fault, unless it may be missing', async () => {
  const said: string[] = [];
  const found = await findEngines([gone, store], {}, [], (line) => said.push(line));
  expect(found).toMatchObject({ env: { BUTIK_TEST_STORE: 'store://usual' }, missing: ['gone'] });
  expect(said[0]).toContain('MISSING: connection refused (BUTIK_TEST_GONE, or gone://usual)');
  const allowed = await findEngines([gone], {}, ['gone'], (line) => said.push(line));
  expect(allowed).toMatchObject({ env: {}, missing: [] });
  expect(said.at(-1)).toContain('left out: connection refused');
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
