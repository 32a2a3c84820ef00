import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { ButikError } from './butik-error.ts';
import { reportFailure } from './report-failure.ts';

afterEach(() => vi.restoreAllMocks());

/** What is printed, line by line, and the exit code. */
function report(thrown: unknown): { lines: unknown[]; exitCode: unknown } {
  const lines: unknown[] = [];
  vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(line));
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('the process has ended');
  });
  expect(() => reportFailure(thrown)).toThrow('the process has ended');
  return { lines, exitCode: exit.mock.calls[0]?.[0] };
}

test('a failure is told as code, message, details and what to do about it, and ends the process', () => {
  expect(report(new ButikError('SHOP_NOT_FOUND', { details: { shopId: 's1' } }))).toEqual({
    lines: [
      'SHOP_NOT_FOUND: No shop has this id.',
      '  details: {"shopId":"s1"}',
      '  remedy: List the shops to find it.',
    ],
    exitCode: 1,
  });
});

test('a fault of our own shows its cause', () => {
  const cause = new Error('division by zero');
  expect(report(cause).lines).toContain(cause);
});

test('a wrong setting is named', () => {
  const { error } = z.object({ port: z.number() }).safeParse({ port: 'x' });
  const { lines } = report(error);
  expect(lines[0]).toContain('REQUEST_INVALID: A setting is not valid.');
  expect(lines[1]).toContain('"port"');
});
