import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { asButikError, ButikError } from './butik-error.ts';
import { ERROR_CODES, type ErrorCode } from './codes.ts';
import { KINDS } from './kinds.ts';
import { fromProblem, problemSchema, toProblem } from './problem.ts';

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];

test('no code is named in two rooms, and no room is forgotten', async () => {
  const folder = new URL('codes/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const rooms = await Promise.all(files.map((file) => import(/* @vite-ignore */ new URL(file, folder).href)));
  const named = rooms.flatMap((room) => Object.values<object>(room).flatMap((codes) => Object.keys(codes)));
  expect(named.toSorted()).toEqual(CODES.toSorted());
});

describe.each(CODES)('%s', (code) => {
  test('has a name, a kind, a title and a remedy that a person can read', () => {
    const { kind, title, remedy } = ERROR_CODES[code];
    expect(code).toMatch(/^[A-Z]+(_[A-Z0-9]+)*$/);
    expect(KINDS).toHaveProperty(kind);
    expect(title).toMatch(/^\S.*\.$/);
    expect(remedy).toMatch(/^\S.*\.$/);
  });

  test('crosses HTTP and comes back the same', () => {
    const error = new ButikError(code, { message: 'What happened.', details: { shopId: 's1' } });
    const problem = problemSchema.parse(JSON.parse(JSON.stringify(toProblem(error, 'r1'))));
    expect(problem).toMatchObject({ code, status: KINDS[error.kind].http, requestId: 'r1' });
    expect(fromProblem(problem.status, problem)).toMatchObject({
      code,
      message: error.message,
      details: error.details,
    });
  });
});

test('an answer that is no problem of ours is SERVICE_UNAVAILABLE', () => {
  const unknownCode = { ...toProblem(new ButikError('INTERNAL')), code: 'OF_A_LATER_VERSION' };
  for (const body of [undefined, '<html>', { code: 'INTERNAL' }, unknownCode]) {
    expect(fromProblem(502, body)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { status: 502 } });
  }
});

test('anything thrown can be told as an error, and keeps what it was as its cause', () => {
  const error = new ButikError('RATE_LIMITED');
  expect(asButikError(error)).toBe(error);
  expect(asButikError('thrown text')).toMatchObject({ code: 'INTERNAL', cause: 'thrown text' });
});
