import { ButikError } from '@butik/proto/errors/butik-error';
import { type Client, errors } from '@elastic/elasticsearch';
import type { Guard } from '../../resilience/guard.ts';

/** One request to the engine, by the guard where there is one. */
export type AskEngine = <Answer>(
  ask: (client: Client, options: { signal: AbortSignal }) => Promise<Answer>,
) => Promise<Answer>;

/** Every request of the adapter can be made again without harm, so the guard may retry each. */
export function openEngine(client: Client, guard?: Guard): AskEngine {
  return async (ask) => {
    const call = async (signal: AbortSignal) => {
      try {
        return await ask(client, { signal });
      } catch (error) {
        throw asSearchError(error);
      }
    };
    return guard ? await guard.run(call) : await call(new AbortController().signal);
  };
}

const BUSY = new Set([429, 502, 503, 504]);

/** An engine that is away or busy is SERVICE_UNAVAILABLE, a slow one DEADLINE_EXCEEDED, another refusal INTERNAL. */
function asSearchError(error: unknown): unknown {
  const details = { part: 'search' };
  if (error instanceof errors.TimeoutError) {
    return new ButikError('DEADLINE_EXCEEDED', { details, cause: error });
  }
  const away =
    error instanceof errors.ConnectionError ||
    error instanceof errors.NoLivingConnectionsError ||
    (error instanceof errors.ResponseError && BUSY.has(error.statusCode ?? 0));
  if (away) return new ButikError('SERVICE_UNAVAILABLE', { details, cause: error });
  return error instanceof errors.ElasticsearchClientError
    ? new ButikError('INTERNAL', { message: 'Elasticsearch refused a request.', details, cause: error })
    : error;
}

/** True for the engine's refusal of this kind, such as `resource_already_exists_exception`. */
export function isRefusal(error: unknown, type: string): boolean {
  const cause = error instanceof ButikError ? error.cause : error;
  return cause instanceof errors.ResponseError && cause.body?.error?.type === type;
}
