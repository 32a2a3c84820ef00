import { NoAnswerError, ProblemError } from './errors.ts';
import type { Problem } from './types.ts';

export interface RequestOptions {
  /** Sent as JSON with POST; without it the request is a GET. */
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal | undefined;
}

/** The edge is in the same shop: an answer that takes longer will not come. */
const TIMEOUT_MS = 8_000;

/** Asks the edge. Throws ProblemError for a refusal and NoAnswerError when no whole answer came. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { status, ok, text } = await exchange(path, options);
  const body = parse(text);
  if (ok && body !== undefined) return body as T;
  if (isProblem(body)) throw new ProblemError(body);
  throw new NoAnswerError(`The answer to ${path} was HTTP ${status} without a readable body.`);
}

async function exchange(path: string, { body, idempotencyKey, signal }: RequestOptions) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json, application/problem+json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new NoAnswerError(`No answer to ${path}.`, { cause: error });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'title' in body && 'remedy' in body;
}
