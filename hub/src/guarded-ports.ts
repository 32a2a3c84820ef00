import type { Messages } from './kernel/messages/messages.ts';
import type { Objects } from './kernel/objects/objects.ts';
import type { Guard } from './kernel/resilience/guard.ts';

/** Longer than any carrier takes to give a message up itself: what is given up here may have been taken there. */
const SEND_MS = 30_000;

/** Carriers behind a guard each. A message is handed over once: whoever sends it decides whether to try again. */
export function guardedMessages(messages: Messages, guardOf: (channel: string) => Guard): Messages {
  const [mail, sms, push] = [guardOf('mail'), guardOf('sms'), guardOf('push')];
  const once = (signal: AbortSignal | undefined) => ({
    idempotent: false,
    timeoutMs: SEND_MS,
    ...(signal && { signal }),
  });
  return {
    sendMail: (message, options) =>
      mail.run((signal) => messages.sendMail(message, { signal }), once(options?.signal)),
    sendSms: (message, options) =>
      sms.run((signal) => messages.sendSms(message, { signal }), once(options?.signal)),
    sendPush: (message, options) =>
      push.run((signal) => messages.sendPush(message, { signal }), once(options?.signal)),
    close: () => messages.close(),
  };
}

/** How long a file may take to be stored; everything else has the guard's own time. */
const PUT_MS = 120_000;

/** A remote store behind a guard. A stream can be read once, so a put is tried once. */
export function guardedObjects(objects: Objects, guard: Guard): Objects {
  return {
    put: (key, content, options) =>
      guard.run(() => objects.put(key, content, options), { idempotent: false, timeoutMs: PUT_MS }),
    get: (key) => guard.run(() => objects.get(key)),
    find: (key) => guard.run(() => objects.find(key)),
    delete: (key) => guard.run(() => objects.delete(key)),
    list: (prefix, after) => guard.run(() => objects.list(prefix, after)),
    close: () => objects.close(),
  };
}
