import { NoAnswerError, ProblemError } from '../api/errors.ts';
import type { Messages } from './sv.ts';

export interface Explanation {
  title: string;
  remedy: string;
}

/** An error in words that help: what happened and what to do. */
export function explain(error: unknown, messages: Messages): Explanation {
  if (error instanceof ProblemError) {
    const { code, title, remedy } = error.problem;
    return messages.problems[code] ?? { title, remedy };
  }
  if (error instanceof NoAnswerError) return messages.noAnswer;
  return { title: String(error), remedy: messages.noAnswer.remedy };
}

/** The same for a scan, where the code itself is what the reader wants to compare. */
export function explainScan(error: unknown, code: string, messages: Messages): Explanation {
  const explanation = explain(error, messages);
  const unknown = error instanceof ProblemError && error.problem.code === 'PRODUCT_NOT_FOUND';
  return unknown ? { ...explanation, title: messages.unknownCode(code) } : explanation;
}
