import { ButikError } from '@butik/proto/errors/butik-error';
import type { Logger } from 'pino';
import type { Sql } from '../sql/sql.ts';
import type { Bus } from './bus.ts';
import { dropDeadLetter, findDeadLetter } from './dead-letters.ts';

export interface Redelivery {
  /** Offers a dead letter's event again, in the background. Throws DEAD_LETTER_NOT_FOUND, SERVICE_UNAVAILABLE. */
  redeliver(id: string, by: string): Promise<void>;
  /** Resolves when nothing is being redelivered. */
  idle(): Promise<void>;
}

/** Redeliveries at once; each may wait for a consumer's attempts. */
const MAX_RUNNING = 100;

/**
 * Publishes the events of dead letters again. Every consumer of the event gets it, and those that have taken
 * it know it by its id. The letter goes only when the event is safe; when it dies again, the new letter stays.
 */
export function createRedelivery(context: {
  sql: Sql;
  bus: Pick<Bus, 'publish'>;
  logger: Pick<Logger, 'info' | 'warn'>;
}): Redelivery {
  const { sql, bus, logger } = context;
  const running = new Map<string, Promise<void>>();

  return {
    async redeliver(id, by) {
      const letter = await findDeadLetter(sql, id);
      if (!letter) throw new ButikError('DEAD_LETTER_NOT_FOUND', { details: { id } });
      if (running.has(id)) return;
      if (running.size >= MAX_RUNNING)
        throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'bus' } });
      logger.info({ id, by, type: letter.event.type }, 'a dead letter is delivered again');
      const delivery = bus
        .publish(letter.event)
        .then(() => dropDeadLetter(sql, letter))
        .catch((err: unknown) => logger.warn({ id, err }, 'a dead letter could not be delivered again'))
        .finally(() => running.delete(id));
      running.set(id, delivery);
    },
    async idle() {
      await Promise.all(running.values());
    },
  };
}
