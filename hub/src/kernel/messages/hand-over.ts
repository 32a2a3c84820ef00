import { ButikError } from '@butik/proto/errors/butik-error';
import type { ErrorCode } from '@butik/proto/errors/codes';
import { callWithin } from '@butik/proto/rpc/call-within';
import type { z } from 'zod';
import type { Carrier } from './carrier.ts';
import { checkMessage } from './check-message.ts';

/** What a carrier's failure means for the message. */
export interface Verdict {
  outcome: 'refused' | 'rate-limited' | 'unavailable' | 'timeout';
  /** In the carrier's own words. */
  reason: string;
}

export interface CarrierLimits {
  /** Milliseconds a carrier may take; 15,000 unless told. */
  timeoutMs?: number | undefined;
  /** Messages on their way at a time, those waiting for a connection included; 100 unless told. */
  maxInFlight?: number | undefined;
}

export interface HandOverOptions<Message> extends CarrierLimits {
  carrier: string;
  schema: z.ZodType<Message>;
  /** Gives the message to the carrier and returns the carrier's id of it. */
  send(message: Message, signal: AbortSignal): Promise<string>;
  judge(error: unknown): Verdict;
  /** What must not come out in an error, whatever the carrier answers. */
  secrets?(): readonly string[];
}

const CODES: Record<Verdict['outcome'], ErrorCode> = {
  refused: 'MESSAGE_REFUSED',
  'rate-limited': 'RATE_LIMITED',
  unavailable: 'SERVICE_UNAVAILABLE',
  timeout: 'DEADLINE_EXCEEDED',
};
const MAX_REASON_CHARACTERS = 500;

/**
 * The `send` of one carrier: checks the message, keeps the carrier's limits and gives its failures Butik's codes.
 * Libraries keep requests, with keys and tokens, in their errors: so the cause is only the error's text.
 */
export function createHandOver<Message>(options: HandOverOptions<Message>): Carrier<Message>['send'] {
  const { carrier, schema, send, timeoutMs = 15_000, maxInFlight = 100 } = options;
  let inFlight = 0;

  return async (message, { signal } = {}) => {
    const checked = checkMessage(schema, message);
    if (inFlight >= maxInFlight) {
      const busy = `${carrier} has ${maxInFlight} messages to carry already.`;
      throw new ButikError('SERVICE_UNAVAILABLE', { message: busy, details: { part: carrier } });
    }
    inFlight++;
    try {
      return { carrier, carrierId: await callWithin(timeoutMs, signal, (ending) => send(checked, ending)) };
    } catch (error) {
      throw error instanceof ButikError ? error : failureOf(error, options);
    } finally {
      inFlight--;
    }
  };
}

type Failing = Pick<HandOverOptions<never>, 'carrier' | 'judge' | 'secrets'>;

function failureOf(error: unknown, { carrier, judge, secrets = () => [] }: Failing): ButikError {
  const say = (text: string) => mask(text, secrets()).slice(0, MAX_REASON_CHARACTERS);
  const verdict = judge(error);
  const reason = say(verdict.reason);
  return new ButikError(CODES[verdict.outcome], {
    message: `${carrier}: ${reason}`,
    details: { part: carrier, reason },
    cause: new Error(say(error instanceof Error ? `${error.name}: ${error.message}` : String(error))),
  });
}

function mask(text: string, secrets: readonly string[]): string {
  return secrets.filter(Boolean).reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}
