import { ButikError } from '@butik/proto/errors/butik-error';
import type { FactDefinition } from '@butik/proto/facts/define-fact';
import { type Fact, MAX_BATCH_BYTES } from '@butik/proto/facts/sync-wire';
import { currentTraceparent } from '@butik/proto/telemetry/span';
import { hashFact, type Sha256 } from '@butik/sync/hash-chain';
import { formatHlc, HLC_START, parseHlc, tick } from '@butik/sync/hlc';
import type { Database, Statement } from 'better-sqlite3';
import type { z } from 'zod';
import type { Ports } from '../../ports.ts';
import type { Identity } from '../../provisioning/identity.ts';
import type { Store } from '../../store/store.ts';

/** Writes facts into the outbox. */
export interface FactWriter {
  /**
   * Appends one fact to its channel. Call it inside `store.write`'s job, so that the fact commits
   * with its effect. Throws FACT_PAYLOAD_INVALID when the payload is too large to be sent.
   */
  append<Payload extends z.ZodType>(
    db: Database,
    definition: FactDefinition<Payload>,
    fact: {
      /** What the fact is about, such as a sale's id: facts of one aggregate are applied in order. */
      aggregate: string;
      payload: z.input<Payload>;
    },
  ): void;
}

/** A fact larger than this would not fit into a batch and would block its channel for ever. */
export const MAX_FACT_BYTES = MAX_BATCH_BYTES;

export function createFactWriter(context: {
  identity: Pick<Identity, 'nodeId' | 'epoch'>;
  ports: Ports;
  store: Store;
  sha256: Sha256;
}): FactWriter {
  const { identity, ports, store, sha256 } = context;
  const owner = { node: identity.nodeId, epoch: identity.epoch };
  const statements = prepare(store.db);
  let clock = parseHlc(statements.latestHlc.get()?.hlc ?? '') ?? HLC_START;

  return {
    append(_db, definition, { aggregate, payload }) {
      const text = payloadText(definition, payload);
      const channel = statements.channel.get(definition.channel)!;
      const now = ports.clock.now();
      clock = tick(clock, now);
      const fact = {
        id: ports.newId(),
        channel: definition.channel,
        seq: channel.last_seq + 1,
        hlc: formatHlc(clock, identity.nodeId),
        type: definition.type,
        version: definition.version,
        aggregate,
        payload: text,
        prevHash: channel.last_hash,
      } satisfies Omit<Fact, 'hash'>;
      const hash = hashFact(sha256, owner, fact);
      statements.insert.run(
        fact.channel,
        fact.seq,
        fact.id,
        fact.hlc,
        fact.type,
        fact.version,
        aggregate,
        text,
        fact.prevHash,
        hash,
        Buffer.byteLength(text),
        now,
        currentTraceparent() ?? null,
      );
      statements.advance.run(fact.seq, hash, fact.hlc, fact.channel);
      store.markFacts();
    },
  };
}

/**
 * The payload's text. Its form is the compiler's to check, not this moment's: a sale is not refused at
 * the till for what the hub can put into quarantine. STRICT columns refuse what is no integer.
 */
function payloadText(definition: FactDefinition, payload: unknown): string {
  const text = JSON.stringify(payload);
  if (text.length > MAX_FACT_BYTES || Buffer.byteLength(text) > MAX_FACT_BYTES) {
    throw new ButikError('FACT_PAYLOAD_INVALID', {
      details: {
        type: definition.type,
        fields: [{ path: '', message: `larger than ${MAX_FACT_BYTES} bytes` }],
      },
    });
  }
  return text;
}

interface Statements {
  channel: Statement<[string], { last_seq: number; last_hash: string }>;
  latestHlc: Statement<[], { hlc: string }>;
  insert: Statement<(string | number | null)[]>;
  advance: Statement<[number, string, string, string]>;
}

function prepare(db: Database): Statements {
  return {
    channel: db.prepare('SELECT last_seq, last_hash FROM channels WHERE channel = ?'),
    latestHlc: db.prepare('SELECT max(last_hlc) AS hlc FROM channels'),
    insert: db.prepare(
      `INSERT INTO outbox
         (channel, seq, id, hlc, type, version, aggregate, payload, prev_hash, hash, bytes, created_at, traceparent)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    advance: db.prepare('UPDATE channels SET last_seq = ?, last_hash = ?, last_hlc = ? WHERE channel = ?'),
  };
}
