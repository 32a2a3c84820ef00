import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import twilio from 'twilio';
import type { Carrier } from '../carrier.ts';
import { type CarrierLimits, createHandOver, type Verdict } from '../hand-over.ts';
import { type Sms, smsSchema } from '../messages.ts';

export interface TwilioOptions extends CarrierLimits {
  /** ACCOUNT_SID:AUTH_TOKEN:FROM; FROM is a number (E.164), a name of letters, or a messaging service (MG…). */
  account: string;
  /** Another address than https://api.twilio.com. */
  baseUrl?: string;
}

const SOCKETS = 20;
const DEFAULT_TIMEOUT_MS = 15_000;

/** SMS by Twilio. Its API knows no idempotency key, so nothing is sent again here. */
export function sendByTwilio({ account, baseUrl, ...limits }: TwilioOptions): Carrier<Sms> {
  const [sid = '', token = '', from = ''] = account.split(/:(.*?):(.*)/s);
  const timeout = limits.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const http = new twilio.RequestClient({ timeout, autoRetry: false });
  const agents = [
    new HttpAgent({ keepAlive: true, maxSockets: SOCKETS }),
    new HttpsAgent({ keepAlive: true, maxSockets: SOCKETS }),
  ];
  // Its own agent is within reach of nobody who could close it; a proxy's is left as it is.
  [http.axios.defaults.httpAgent] = agents;
  if (!process.env.HTTP_PROXY) [, http.axios.defaults.httpsAgent] = agents;
  const client = twilio(sid, token, { httpClient: http });
  if (baseUrl !== undefined) client.api.baseUrl = baseUrl;

  const secrets = [token, Buffer.from(`${sid}:${token}`).toString('base64')];
  const sender = from.startsWith('MG') ? { messagingServiceSid: from } : { from };
  return {
    send: createHandOver({
      carrier: 'twilio',
      schema: smsSchema,
      ...limits,
      timeoutMs: timeout,
      judge,
      secrets: () => secrets,
      send: async ({ to, text }) => (await client.messages.create({ to, body: text, ...sender })).sid,
    }),
    async close() {
      for (const agent of agents) agent.destroy();
    },
  };
}

interface TwilioError extends Error {
  /** Of HTTP. */
  status?: number;
  /** Twilio's own number, or a socket's code. */
  code?: number | string;
}

const BAD_REQUEST = 400;
const TOO_MANY_REQUESTS = 429;
/** The sender's number is wrong, not ours to send from, or in a queue that is full. */
const ABOUT_THE_SENDER = [21212, 21266, 21603, 21606, 21611, 21659, 21660, 21661];

function judge(thrown: unknown): Verdict {
  const { status, code, message } = thrown as TwilioError;
  const reason = typeof code === 'number' ? `${code}: ${message}` : message;
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') return { outcome: 'timeout', reason };
  if (status === TOO_MANY_REQUESTS) return { outcome: 'rate-limited', reason };
  const refused = status === BAD_REQUEST && !ABOUT_THE_SENDER.includes(Number(code));
  return { outcome: refused ? 'refused' : 'unavailable', reason };
}
