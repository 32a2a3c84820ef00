import { ButikError } from '@butik/proto/errors/butik-error';
import type { RpcClient, RpcDefinition } from '@butik/proto/rpc/rpc';

/**
 * What befalls one call. `crash…`: the calling process dies before or after the call has had its effect. `lost`: the
 * effect is there, the answer is not. `late`: the caller gives up, and the call arrives only when all calls that
 * were kept back are let go.
 */
export type Fault = 'none' | 'crash-before' | 'crash-after' | 'unavailable' | 'lost' | 'late' | 'internal';
export const FAULTS = [
  'none',
  'crash-before',
  'crash-after',
  'unavailable',
  'lost',
  'late',
  'internal',
] as const;

/** Decides what befalls a call by the name of its method; while it is awaited the call is on its way. */
export type FaultPlan = (method: string) => Fault | Promise<Fault>;

/** A process as its calls see it: once it is dead, none of them ever comes back. */
export interface Life {
  isDead(): boolean;
  die(): void;
  /** Resolves when it dies. */
  death: Promise<void>;
  /** What a call of a dead process waits for. */
  hang(): Promise<never>;
  /** Ends the calls that never came back, so that what hangs on them can be closed. */
  bury(): void;
}

export function createLife(): Life {
  const death = Promise.withResolvers<void>();
  const buried = Promise.withResolvers<never>();
  buried.promise.catch(() => undefined);
  let dead = false;
  return {
    isDead: () => dead,
    die() {
      dead = true;
      death.resolve();
    },
    death: death.promise,
    hang: () => buried.promise,
    bury: () => buried.reject(new ButikError('CANCELLED')),
  };
}

/** The client with what the plan lets happen on the way. Calls kept back are added to `late`. */
export function withFaults<Definition extends RpcDefinition>(
  client: RpcClient<Definition>,
  { plan, life, late }: { plan: FaultPlan; life: Life; late: (() => Promise<unknown>)[] },
): RpcClient<Definition> {
  const methods = Object.entries(client).map(([method, call]) => [
    method,
    async (...args: unknown[]) => {
      if (life.isDead()) return await life.hang();
      const fault = await plan(method);
      const go = () => (call as (...given: unknown[]) => Promise<unknown>)(...args);
      if (fault === 'crash-before') return await die();
      if (fault === 'unavailable') throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: method } });
      if (fault === 'late') {
        late.push(go);
        throw new ButikError('DEADLINE_EXCEEDED');
      }
      const answer = await go().catch((error: unknown) => ({ error }));
      if (fault === 'crash-after') return await die();
      if (life.isDead()) return await life.hang();
      if (fault === 'lost') throw new ButikError('DEADLINE_EXCEEDED');
      if (fault === 'internal') throw new ButikError('INTERNAL');
      if (typeof answer === 'object' && answer !== null && 'error' in answer) throw answer.error;
      return answer;
    },
  ]);
  return Object.fromEntries(methods);

  async function die(): Promise<never> {
    life.die();
    return await life.hang();
  }
}
