import type { Problem } from './types.ts';

/** The edge answered, and said no. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** No whole answer came: whether the request had its effect is not known. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}
