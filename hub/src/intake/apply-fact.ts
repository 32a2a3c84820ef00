import { asButikError, ButikError } from '@butik/proto/errors/butik-error';
import type { ErrorKind } from '@butik/proto/errors/kinds';
import { inSpan } from '@butik/proto/telemetry/span';
import { type BackoffLimits, backoffMs } from '@butik/sync/backoff';
import { applierFor } from './appliers.ts';
import type { IntakeClients } from './intake-clients.ts';

/** A journalled fact as the applier loop reads it. */
export interface PendingFact {
  position: string;
  id: string;
  node: string;
  epoch: number;
  shop_id: string;
  hlc: string;
  type: string;
  version: number;
  aggregate: string;
  payload: string;
  /** ISO 8601. */
  received_at: string;
  /** The trace of what made the fact in the shop. */
  traceparent: string | null;
  attempts: number;
}

/** Why a fact was not applied, as the journal keeps it. */
export interface FactError {
  code: string;
  kind: ErrorKind;
  message: string;
  details: Record<string, unknown>;
}

export type Outcome =
  | { kind: 'applied' }
  | { kind: 'quarantined'; error: FactError }
  | { kind: 'retry'; afterMs: number; error: FactError };

/** These pass by themselves; everything else needs a person. */
const PASSING: readonly ErrorKind[] = ['unavailable', 'timeout', 'exhausted', 'internal'];
const MAX_INTERNAL_ATTEMPTS = 5;
const RETRY: BackoffLimits = { baseMs: 250, maxMs: 60_000 };
const APPLY_TIMEOUT_MS = 10_000;

/** Hands a fact to its service and says what becomes of it. Does not throw. */
export async function applyFact(
  clients: IntakeClients,
  fact: PendingFact,
  random: () => number,
): Promise<Outcome> {
  try {
    const apply = applierFor(fact.type, fact.version);
    if (!apply)
      throw new ButikError('FACT_TYPE_UNKNOWN', { details: { type: fact.type, version: fact.version } });
    const { id: factId, type, version, shop_id: shopId, node: nodeId, epoch, hlc, payload } = fact;
    const handed = {
      factId,
      type,
      version,
      shopId,
      nodeId,
      epoch,
      hlc,
      receivedAt: fact.received_at,
      payload,
    };
    const attributes = { 'butik.fact': factId, 'butik.shop': shopId };
    const traceparent = fact.traceparent ?? undefined;
    await inSpan(`apply ${type}`, { kind: 'consumer', traceparent, attributes }, () =>
      apply(clients, handed, { caller: 'service:intake', timeoutMs: APPLY_TIMEOUT_MS }),
    );
    return { kind: 'applied' };
  } catch (thrown) {
    const error = asButikError(thrown);
    const attempts = fact.attempts + 1;
    const isLost = error.kind === 'internal' && attempts >= MAX_INTERNAL_ATTEMPTS;
    const { code, kind, message, details } = error;
    const kept: FactError = { code, kind, message, details };
    if (!PASSING.includes(kind) || isLost) return { kind: 'quarantined', error: kept };
    return { kind: 'retry', afterMs: backoffMs(attempts, RETRY, random), error: kept };
  }
}
