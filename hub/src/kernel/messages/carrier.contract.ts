import { ButikError } from '@butik/proto/errors/butik-error';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Carrier } from './carrier.ts';
import type { CarrierLimits } from './hand-over.ts';
import { messagesContract } from './messages.contract.ts';

/**
 * How the carrier's server behaves: takes messages; refuses them for ever; says that it cannot now, or that there are
 * too many; does not know our credentials; is silent; breaks the connection.
 */
export type Mood = 'take' | 'refuse' | 'later' | 'too-many' | 'deny' | 'hang' | 'cut';

/** A server that speaks a carrier's protocol. Every refusal of it repeats the credentials that it got. */
export interface CarrierServer {
  mood: Mood;
  /** What it took over, as it came. */
  taken: string[];
  /** How many messages were begun. */
  asked: number;
  close(): Promise<void>;
}

export interface CarrierStory<Message> {
  channel: 'mail' | 'sms' | 'push';
  message: Message;
  /** How the address is written on the wire, where that is another form. */
  address?: string;
  /** Parts of what the server must have got. */
  arrives: string[];
  /** Part of the reason of a refusal. */
  reason: string;
  secrets: string[];
  /** What this carrier's protocol can say. */
  moods: readonly Mood[];
  start(): Promise<CarrierServer>;
  open(server: CarrierServer, limits: CarrierLimits): Promise<Carrier<Message>> | Carrier<Message>;
}

const MEANING: Partial<Record<Mood, string>> = {
  refuse: 'MESSAGE_REFUSED',
  later: 'SERVICE_UNAVAILABLE',
  'too-many': 'RATE_LIMITED',
  deny: 'SERVICE_UNAVAILABLE',
  cut: 'SERVICE_UNAVAILABLE',
};

/** What a carrier does over its wire. */
export function carrierContract<Message extends { id: string; to: string }>(
  story: CarrierStory<Message>,
): void {
  const { message } = story;
  let server: CarrierServer;
  let carrier: Carrier<Message>;
  const opened: Carrier<Message>[] = [];
  const open = async (limits: CarrierLimits = {}) => {
    const one = await story.open(server, limits);
    opened.push(one);
    return one;
  };
  beforeEach(async () => {
    server = await story.start();
    carrier = await open();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await server.close();
  });

  describe('as any way to people', () => messagesContract(story.channel, message, () => carrier));

  test('what arrives is the message', async () => {
    await carrier.send(message);
    expect(server.taken).toHaveLength(1);
    for (const part of [story.address ?? message.to, ...story.arrives])
      expect(server.taken[0]).toContain(part);
  });

  test.for(story.moods.filter((mood) => MEANING[mood]))(
    'a server that says %j is understood, and no secret comes out',
    async (mood) => {
      server.mood = mood;
      const error = await failureOf(carrier.send(message));
      expect(error.code).toBe(MEANING[mood]);
      expect(error.details).toMatchObject({ reason: expect.stringMatching(/\S/) });
      expect(server.taken).toEqual([]);
      expect(server.asked).toBe(1);
      const said = [
        error.message,
        JSON.stringify(error.details),
        String((error.cause as Error).stack),
      ].join();
      for (const secret of story.secrets) expect(said).not.toContain(secret);
    },
  );

  test('a refusal says in the carrier’s words why', async () => {
    server.mood = 'refuse';
    expect((await failureOf(carrier.send(message))).details.reason).toContain(story.reason);
  });

  test('after a failure the next message goes', async () => {
    for (const mood of story.moods.filter((one) => MEANING[one])) {
      const fresh = await open();
      server.mood = mood;
      await failureOf(fresh.send(message));
      server.mood = 'take';
      await fresh.send(message);
    }
  });

  test('a server that is silent is given up in time', async () => {
    server.mood = 'hang';
    const hurried = await open({ timeoutMs: 100 });
    await expect(hurried.send(message)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  test('a caller may give up while the server is silent', async () => {
    server.mood = 'hang';
    const giving = new AbortController();
    const sending = failureOf(carrier.send(message, { signal: giving.signal }));
    await vi.waitFor(() => expect(server.asked).toBe(1));
    giving.abort();
    expect((await sending).code).toBe('CANCELLED');
  });

  test('more messages at a time than it carries are put off', async () => {
    server.mood = 'hang';
    const narrow = await open({ maxInFlight: 1 });
    const giving = new AbortController();
    const first = failureOf(narrow.send(message, { signal: giving.signal }));
    await expect(narrow.send(message)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    giving.abort();
    await first;
    server.mood = 'take';
    await narrow.send(message);
  });

  test('nobody at its address is away', async () => {
    await server.close();
    await expect(carrier.send(message)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    server = await story.start();
  });
}

async function failureOf(sending: Promise<unknown>): Promise<ButikError> {
  const error = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ButikError);
  return error as ButikError;
}
