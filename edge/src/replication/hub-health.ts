import { asButikError, ButikError } from '@butik/proto/errors/butik-error';
import type { Logger } from 'pino';
import type { Ports } from '../ports.ts';
import type { SyncStatus } from './sync-status.ts';

/** How the hub last answered. Changes are logged once, not every attempt. */
export interface HubHealth {
  state(): SyncStatus['hub'];
  lastError(): SyncStatus['lastError'];
  connected(): void;
  unreachable(error: unknown): void;
  /** The hub does not let this box sync; a person must act. */
  refused(error: ButikError): void;
  /** The hub is there and has too much to do; it said when to come back. */
  busy(error: ButikError): void;
  /** Something went wrong that says nothing about the hub as a whole. */
  failed(error: unknown): void;
}

export function createHubHealth(ports: Ports, logger: Logger): HubHealth {
  let state: SyncStatus['hub'] | null = null;
  let lastError: SyncStatus['lastError'] = null;

  function become(next: SyncStatus['hub'], tell: () => void): void {
    if (state === next) return;
    state = next;
    tell();
  }

  function keep(error: ButikError): void {
    lastError = { code: error.code, message: error.message, at: new Date(ports.clock.now()).toISOString() };
  }

  return {
    state: () => state ?? 'unreachable',
    lastError: () => lastError,
    connected: () => become('connected', () => logger.info('connected to the hub')),
    unreachable(thrown) {
      const error =
        thrown instanceof ButikError
          ? thrown
          : new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'hub' }, cause: thrown });
      keep(error);
      // A line that is down is no fault of the code: the reason is enough, without a stack.
      become('unreachable', () =>
        logger.warn({ code: error.code, reason: rootOf(error) }, 'the hub is unreachable; selling goes on'),
      );
    },
    refused(error) {
      keep(error);
      become('refused', () =>
        logger.error(
          { code: error.code, details: error.details },
          'THE HUB REFUSES THIS BOX; selling goes on, nothing is sent',
        ),
      );
    },
    busy(error) {
      keep(error);
      become('connected', () => logger.info('connected to the hub'));
    },
    failed(thrown) {
      const error = asButikError(thrown);
      keep(error);
      logger.error(
        { err: error, code: error.code, details: error.details },
        'replication failed; trying again',
      );
    },
  };
}

/** The message at the bottom of a chain of causes, such as `connect ECONNREFUSED …`. */
function rootOf(error: Error): string {
  return error.cause instanceof Error ? rootOf(error.cause) : error.message;
}
