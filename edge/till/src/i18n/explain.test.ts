import { expect, test } from 'vitest';
import { NoAnswerError, ProblemError } from '../api/errors.ts';
import { en } from './en.ts';
import { explain, explainScan } from './explain.ts';
import { sv } from './sv.ts';

function problem(code: string): ProblemError {
  return new ProblemError({
    code,
    status: 404,
    title: 'Title of the edge.',
    detail: '',
    remedy: 'Remedy of the edge.',
  });
}

test('a known problem is told in the language of the till', () => {
  expect(explain(problem('PRICE_MISSING'), sv).title).toBe('En vara i korgen saknar pris.');
  expect(explain(problem('PRICE_MISSING'), en).title).toBe('A product in the basket has no price.');
});

test('a problem that the till has no words for keeps those of the edge', () => {
  expect(explain(problem('SOMETHING_NEW'), sv)).toEqual({
    title: 'Title of the edge.',
    remedy: 'Remedy of the edge.',
  });
});

test('an unknown barcode is named, so that it can be compared with the one on the goods', () => {
  expect(explainScan(problem('PRODUCT_NOT_FOUND'), '7310865004703', sv).title).toContain('7310865004703');
  expect(explainScan(new NoAnswerError('lost'), '7310865004703', sv)).toBe(sv.noAnswer);
});

test('both languages explain the same problems', () => {
  expect(Object.keys(en.problems)).toEqual(Object.keys(sv.problems));
});
