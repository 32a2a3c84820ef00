import { FetchError, Shape, ShapeStream } from '@electric-sql/client';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  makePostgresDatabase,
  type PostgresDatabase,
  TEST_POSTGRES,
} from '../kernel/sql/testing/test-database.ts';
import { type ServedDatabase, serveDatabase } from './serve-database.ts';
import { type Answer, followToEnd, getShape, serveShapes } from './test-feed.ts';

/** Somebody else's database: the server knows nothing of it, and its owner does as they like. */
describe.skipIf(TEST_POSTGRES === undefined)('a database served on its own', () => {
  const signs = { table: 'signs' };
  let database: PostgresDatabase;
  let owner: pg.Client;
  let served: ServedDatabase;
  let url: string;

  beforeAll(async () => {
    database = await makePostgresDatabase(TEST_POSTGRES!);
    owner = new pg.Client(database.url);
    await owner.connect();
    served = await serveDatabase({
      databaseUrl: database.url,
      host: '127.0.0.1',
      port: 0,
      defaultSchema: 'public',
      holdMs: 30_000,
      logger: pino({ level: 'silent' }),
    });
    url = served.url;
  });
  afterAll(async () => {
    await served.close();
    await owner.end();
    await database.drop();
  });
  beforeEach(async () => {
    await owner.query('DROP TABLE IF EXISTS signs CASCADE');
    await owner.query('CREATE TABLE signs (id integer PRIMARY KEY, text text, size integer)');
    await owner.query(`INSERT INTO signs VALUES (1, 'open', 3), (2, 'sale', 5)`);
  });

  const values = ({ changes }: Answer) => changes.map(({ value }) => value);
  const goOn = ({ offset, handle }: Answer, more: Record<string, string> = {}) =>
    getShape(url, { ...signs, offset, handle, ...more });
  const waiting = (event: string) =>
    expect
      .poll(() =>
        database.administer(`SELECT 1 FROM pg_stat_activity
          WHERE datname = '${new URL(database.url).pathname.slice(1)}' AND wait_event_type = '${event}'`),
      )
      .not.toEqual([]);

  test('a table that was made while it runs is followed by Electric’s own client', async () => {
    const leaving = new AbortController();
    const shape = new Shape(
      new ShapeStream({ url: `${url}/v1/shape`, params: signs, signal: leaving.signal }),
    );
    expect(await shape.rows).toEqual([
      { id: 1, text: 'open', size: 3 },
      { id: 2, text: 'sale', size: 5 },
    ]);
    const changed = new Promise((resolve) =>
      shape.subscribe(({ rows }) => rows.length === 1 && resolve(rows)),
    );
    await owner.query('BEGIN');
    await owner.query(`UPDATE signs SET text = 'closed' WHERE id = 1`);
    await owner.query('DELETE FROM signs WHERE id = 2');
    await owner.query('COMMIT');
    expect(await changed).toEqual([{ id: 1, text: 'closed', size: 3 }]);
    leaving.abort();
  });

  test('a writer that began before the table’s first shape is waited for', async () => {
    const late = new pg.Client(database.url);
    await late.connect();
    await late.query('BEGIN');
    await late.query(`INSERT INTO signs VALUES (3, 'late', 1)`);
    const first = getShape(url, { ...signs, offset: '-1' });
    await waiting('Lock');
    await late.query('COMMIT');
    await late.end();
    expect(values(await first).map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  test('a table that was dropped and made anew is another one', async () => {
    const start = await followToEnd(url, signs);
    await owner.query('DROP TABLE signs');
    expect((await goOn(start)).status).toBe(400);
    await owner.query('CREATE TABLE signs (id integer PRIMARY KEY, text text, size integer)');
    await owner.query(`INSERT INTO signs VALUES (9, 'new', 1)`);
    const refused = await goOn(start);
    expect([refused.status, refused.body]).toEqual([409, [{ headers: { control: 'must-refetch' } }]]);
    expect(values(await followToEnd(url, signs))).toEqual([{ id: '9', text: 'new', size: '1' }]);
  });

  test('a column that was added, or changed, must be fetched anew and is never missed', async () => {
    const start = await followToEnd(url, signs);
    await owner.query('ALTER TABLE signs ADD colour text');
    await owner.query(`UPDATE signs SET colour = 'red' WHERE id = 1`);
    expect((await goOn(start)).status).toBe(409);
    const grown = await followToEnd(url, signs);
    expect(values(grown)).toContainEqual({ id: '1', text: 'open', size: '3', colour: 'red' });
    await owner.query(`UPDATE signs SET colour = 'blue' WHERE id = 1`);
    expect(values(await goOn(grown))).toEqual([{ id: '1', colour: 'blue' }]);
    await owner.query('ALTER TABLE signs ALTER size TYPE text USING size || $$ cm$$');
    expect((await goOn(grown)).status).toBe(409);
    expect(values(await followToEnd(url, signs))).toContainEqual(expect.objectContaining({ size: '3 cm' }));
  });

  test('rows that ALTER writes anew without changing a type are not stale', async () => {
    const start = await followToEnd(url, signs);
    await owner.query('ALTER TABLE signs ALTER text TYPE text USING upper(text)');
    expect((await goOn(start)).status).toBe(409);
    expect(values(await followToEnd(url, signs)).map(({ text }) => text)).toEqual(['OPEN', 'SALE']);
  });

  test('a renamed table is followed by its new name, and the old name is free for another', async () => {
    const start = await followToEnd(url, signs);
    await owner.query('DROP TABLE IF EXISTS plates');
    await owner.query('ALTER TABLE signs RENAME TO plates');
    await owner.query(`UPDATE plates SET text = 'moved' WHERE id = 1`);
    expect((await goOn(start)).status).toBe(400);
    const plates = await followToEnd(url, { table: 'plates' });
    expect(
      values(plates)
        .map(({ text }) => text)
        .sort(),
    ).toEqual(['moved', 'sale']);
    await owner.query('CREATE TABLE signs (id integer PRIMARY KEY)');
    expect((await goOn(start)).status).toBe(409);
    await owner.query('DELETE FROM plates WHERE id = 1');
    const on = await getShape(url, { table: 'plates', offset: plates.offset, handle: plates.handle });
    expect(values(on)).toEqual([{ id: '1' }]);
  });

  test('a truncated table is empty for those who follow', async () => {
    const start = await followToEnd(url, signs);
    await owner.query('TRUNCATE signs');
    expect((await goOn(start)).status).toBe(409);
    expect(values(await followToEnd(url, signs))).toEqual([]);
  });

  test('a request that is held while its table is altered must begin anew', async () => {
    const start = await followToEnd(url, signs);
    const held = goOn(start, { live: 'true' });
    await owner.query('ALTER TABLE signs DROP size');
    await owner.query(`UPDATE signs SET text = 'x'`);
    expect((await held).status).toBe(409);
  });

  test('a held request is not told that it is up to date with a table that was altered and not written to', async () => {
    const sql = await database.open();
    const patient = await serveShapes(sql, { captureAny: true, holdMs: 30_000 });
    const start = await followToEnd(patient.url, signs);
    const { offset, handle } = start;
    const held = getShape(patient.url, { ...signs, offset, handle, live: 'true' });
    await getShape(patient.url, { ...signs, offset: 'now' });
    await owner.query(`ALTER TABLE signs ALTER size TYPE text USING 'large'`);
    await patient.close();
    expect((await held).status).toBe(409);
    await sql.close();
  });

  test('tables of other schemas are named with theirs; the system’s and the feed’s are nobody’s', async () => {
    await owner.query('CREATE SCHEMA annex');
    await owner.query('CREATE TABLE annex."Big Signs" (id integer PRIMARY KEY)');
    await owner.query('INSERT INTO annex."Big Signs" VALUES (7)');
    expect(values(await followToEnd(url, { table: 'annex."Big Signs"' }))).toEqual([{ id: '7' }]);
    await owner.query('CREATE VIEW annex.seen AS SELECT * FROM signs');
    for (const table of [
      'feed.log',
      'kernel.migrations',
      'pg_catalog.pg_class',
      'annex.seen',
      'annex.none',
    ]) {
      const refused = await getShape(url, { table, offset: '-1' });
      expect([refused.status, refused.body]).toMatchObject([
        400,
        { errors: { table: [expect.any(String)] } },
      ]);
    }
  });

  test('a shape is deleted by its table or its handle', async () => {
    const remove = async (query: Record<string, string>) => {
      const response = await fetch(`${url}/v1/shape?${new URLSearchParams(query)}`, { method: 'DELETE' });
      return response.status;
    };
    expect(await remove({ table: 'never_followed' })).toBe(404);
    const start = await followToEnd(url, signs);
    expect(await remove({ handle: start.handle })).toBe(202);
    expect((await goOn(start)).status).toBe(409);
    expect(await remove(signs)).toBe(202);
    expect(await remove({ handle: start.handle })).toBe(404);
  });

  test('a wrong condition ends Electric’s client with the reason', async () => {
    const stream = new ShapeStream({ url: `${url}/v1/shape`, params: { ...signs, where: '1 x 1' } });
    const failed = new Promise((_, reject) => stream.subscribe(() => undefined, reject));
    await expect(failed).rejects.toThrow(FetchError);
    expect((stream.error as FetchError).json).toEqual({
      message: 'Invalid request',
      errors: { where: ['At location 17: syntax error at or near "x"'] },
    });
  });

  test('it tells that it is there, also to browsers of other sites', async () => {
    expect((await fetch(url)).status).toBe(200);
    const health = await fetch(`${url}/v1/health`);
    expect(await health.json()).toEqual({ status: 'active' });
    expect(health.headers.get('access-control-allow-origin')).toBe('*');
    expect((await fetch(`${url}/v1/shape`, { method: 'OPTIONS' })).status).toBe(204);
  });
});
