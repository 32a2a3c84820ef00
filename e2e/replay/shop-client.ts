import { setTimeout as wait } from 'node:timers/promises';
import { fromProblem } from '@butik/proto/errors/problem';

const GIVE_UP_AFTER_MS = 120_000;
const RETRY_MS = 20;

/**
 * A till of the replay: sends a request to its shop until it is answered. A box that was killed in
 * the middle is asked again with the same idempotency key, as a nervous cashier would.
 */
export async function askShop<T>(
  url: string,
  request: { method: 'GET' } | { method: 'POST'; idempotencyKey: string; body: unknown },
): Promise<T> {
  const giveUp = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const answer = await ask(url, request);
    if (answer !== 'unanswered') {
      const { status, body } = answer;
      if (status < 300) return body as T;
      if (status !== 503 && status !== 429) throw fromProblem(status, body);
    }
    if (Date.now() > giveUp)
      throw new Error(`${request.method} ${url} was not answered in ${GIVE_UP_AFTER_MS / 1000} s`);
    await wait(RETRY_MS);
  }
}

async function ask(url: string, request: Parameters<typeof askShop>[1]) {
  try {
    const response =
      request.method === 'GET'
        ? await fetch(url)
        : await fetch(url, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'idempotency-key': request.idempotencyKey },
            body: JSON.stringify(request.body),
          });
    return { status: response.status, body: (await response.json()) as unknown };
  } catch (error) {
    // fetch reports a broken connection, also in the middle of an answer, as a TypeError.
    if (error instanceof TypeError || error instanceof SyntaxError) return 'unanswered';
    throw error;
  }
}
