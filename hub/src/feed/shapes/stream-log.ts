import { Readable } from 'node:stream';
import type { Subscription } from './changes.ts';
import type { ShapeDefinition } from './definition.ts';
import type { LogOffset } from './offset.ts';
import type { LogReader } from './read-log.ts';
import { upToDateMessage } from './up-to-date.ts';

export interface LogStream {
  definition: ShapeDefinition;
  from: LogOffset;
  read: LogReader;
  subscribe(): Subscription;
  /** False once the shape was dropped or its table altered: the client is to ask again then. */
  isCurrent(): Promise<boolean>;
  /** Aborted when the client has gone or the server closes. */
  signal: AbortSignal;
  /** How long the stream lasts, so that the client takes up new addresses of a cache; milliseconds. */
  lastsMs: number;
  /** How long it is silent at most; milliseconds. */
  keepAliveMs: number;
}

/** The log from `from` on as server-sent events, one a message, as it grows. */
export function streamLog(stream: LogStream): Readable {
  return Readable.from(events(stream), { objectMode: false });
}

async function* events(stream: LogStream): AsyncGenerator<string> {
  const ended = new AbortController();
  const over = AbortSignal.any([stream.signal, ended.signal]);
  const timer = setTimeout(() => ended.abort(), stream.lastsMs);
  const overOnce = new Promise<void>((resolve) => {
    if (over.aborted) resolve();
    over.addEventListener('abort', () => resolve(), { once: true });
  });
  let at = stream.from;
  try {
    while (!over.aborted) {
      const subscription = stream.subscribe();
      try {
        const found = await stream.read(stream.definition, at);
        if (!found.ok || !(await stream.isCurrent())) return;
        at = found.reached;
        const { messages, upToDate } = found;
        if (messages.length > 0) yield messages.map(event).join('');
        if (messages.length > 0 && upToDate !== null) yield event(upToDateMessage(upToDate));
        if (upToDate === null) continue;
        const woken = Promise.race([subscription.changed, overOnce]);
        while ((await within(woken, stream.keepAliveMs)) === 'silent') yield ': keep-alive\n\n';
      } finally {
        subscription.end();
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

function event(json: string): string {
  return `data: ${json}\n\n`;
}

async function within(woken: Promise<void>, ms: number): Promise<'woken' | 'silent'> {
  const { promise, resolve } = Promise.withResolvers<'silent'>();
  const timer = setTimeout(() => resolve('silent'), ms);
  try {
    return await Promise.race([woken.then(() => 'woken' as const), promise]);
  } finally {
    clearTimeout(timer);
  }
}
