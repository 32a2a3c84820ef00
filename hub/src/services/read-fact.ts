import { ButikError } from '@butik/proto/errors/butik-error';
import type { FactDefinition } from '@butik/proto/facts/define-fact';
import { readsVersion, upcastFact } from '@butik/proto/facts/upcast-fact';
import type { ShopFact } from '@butik/proto/gen/butik/sync/v1/fact';
import { z } from 'zod';

const MAX_FIELDS = 20;

const envelopeSchema = z.object({
  factId: z.uuid(),
  shopId: z.uuid(),
  nodeId: z.uuid(),
  epoch: z.int().positive(),
  receivedAt: z.iso.datetime(),
});

/**
 * The payload of a shop's fact in the form of its definition, upcast when a box sent an older version. Throws
 * FACT_TYPE_UNKNOWN for another type or version, FACT_PAYLOAD_INVALID with the fields that are wrong.
 */
export function readFact<Payload extends z.ZodType>(
  fact: ShopFact | undefined,
  definition: FactDefinition<Payload>,
): { fact: ShopFact; payload: z.output<Payload> } {
  if (!fact || fact.type !== definition.type || !readsVersion(definition, fact.version)) {
    throw new ButikError('FACT_TYPE_UNKNOWN', {
      details: {
        type: fact?.type,
        version: fact?.version,
        expected: `${definition.type} ${definition.version}`,
      },
    });
  }
  const envelope = envelopeSchema.safeParse(fact);
  if (!envelope.success) throw invalid(envelope.error);
  const payload = definition.payload.safeParse(upcast(fact, definition));
  if (!payload.success) throw invalid(payload.error);
  return { fact, payload: payload.data };
}

function upcast(fact: ShopFact, definition: FactDefinition): unknown {
  const payload = parseJson(fact.payload);
  try {
    return upcastFact(definition, fact.version, payload);
  } catch (error) {
    if (error instanceof z.ZodError) throw invalid(error);
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ButikError('FACT_PAYLOAD_INVALID', {
      details: { fields: [{ path: '', message: 'It is not JSON.' }] },
      cause: error,
    });
  }
}

function invalid(error: z.ZodError): ButikError {
  const fields = error.issues
    .slice(0, MAX_FIELDS)
    .map(({ path, message }) => ({ path: path.join('.'), message }));
  return new ButikError('FACT_PAYLOAD_INVALID', { details: { fields } });
}
