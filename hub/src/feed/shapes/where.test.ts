import { expect, test } from 'vitest';
import { checkWhere } from './where.ts';

test.each([
  ['scope IN ($1, $2)', "scope IN ('a', 'it''s')"],
  ['"Name" LIKE \'%x;y--\' AND n >= 1.5', '"Name" LIKE \'%x;y--\' AND n >= 1.5'],
  ['id = ANY($1::uuid[]) OR lower(name) = $2', "id = ANY('a'::uuid[]) OR lower(name) = 'it''s'"],
  ['(a IS NULL) = (b IS DISTINCT FROM $1)', "(a IS NULL) = (b IS DISTINCT FROM 'a')"],
])('a condition gets its parameters as literals: %s', (where, sql) => {
  expect(checkWhere(where, { 1: 'a', 2: "it's" })).toEqual({ ok: true, sql });
});

test('a parameter with a backslash stays a text', () => {
  expect(checkWhere('name = $1', { 1: "\\' OR true" })).toEqual({
    ok: true,
    sql: "name =  E'\\\\'' OR true'",
  });
});

test.each([
  ['true; DROP TABLE items', 'unexpected'],
  ['id IN (SELECT id FROM other)', 'SELECT'],
  ['EXISTS (TABLE other)', 'EXISTS'],
  ['id = 1 -- rest', 'unexpected'],
  ['id = 1 /* rest */', 'unexpected'],
  ['id = $$x$$', 'unexpected'],
  ["name = E'\\' OR true", "e'…'"],
  ["name = E'x'", "e'…'"],
  ['pg_sleep(10) IS NULL', 'pg_sleep'],
  ['"pg_sleep"(10) IS NULL', 'may not call'],
  ['pg_catalog.pg_sleep(10) IS NULL', 'pg_sleep'],
  ['at < current_timestamp', 'CURRENT_TIMESTAMP'],
  ['owner = Session_User', 'SESSION_USER'],
  ['(true', 'open'],
  ['true) OR (true', 'not open'],
  ['   ', 'empty'],
  ["name = 'open", 'unexpected'],
])('a condition that is more than one is refused: %s', (where, reason) => {
  expect(checkWhere(where, {})).toMatchObject({
    ok: false,
    field: 'where',
    reason: expect.stringContaining(reason),
  });
});

test('a parameter without a value is refused', () => {
  expect(checkWhere('id = $2', { 1: 'a' })).toMatchObject({ ok: false, field: 'params' });
});
