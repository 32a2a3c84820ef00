import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { Logger } from 'pino';

export interface SwishRequest {
  method: 'GET' | 'PUT' | 'PATCH';
  path: string;
  body?: object;
  signal: AbortSignal;
}

export interface SwishAnswer {
  status: number;
  /** Parsed JSON; undefined when there is none. */
  body: unknown;
}

/** One request to Swish. Throws SERVICE_UNAVAILABLE when nothing certain came back. */
export type SwishLine = (request: SwishRequest) => Promise<SwishAnswer>;

const MAX_ANSWER_BYTES = 64 * 1024;
/** The answers that say something about the payment. */
const TELLING = new Set([200, 201, 400, 404, 422]);

/** `certificate`: client certificate and key as PEM, which Swish itself demands. */
export function openSwishLine(
  base: string,
  certificate: string | undefined,
  logger: Pick<Logger, 'error'>,
): SwishLine {
  const secure = new URL(base).protocol === 'https:';
  const options = { keepAlive: true, maxSockets: 64 };
  const agent = secure
    ? new HttpsAgent({ ...options, ...(certificate && { cert: certificate, key: certificate }) })
    : new HttpAgent(options);

  return async (request) => {
    const url = new URL(`/swish-cpcapi${request.path}`, base);
    const answer = await send(url, request, agent).catch((cause: unknown) => {
      throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'swish' }, cause });
    });
    if (TELLING.has(answer.status) && !(answer.status === 404 && request.method === 'PUT')) return answer;
    if (answer.status === 401 || answer.status === 403) {
      logger.error(
        { status: answer.status },
        'payment: Swish does not accept our certificate; nobody can pay',
      );
    }
    throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'swish', status: answer.status } });
  };
}

function send(url: URL, request: SwishRequest, agent: HttpAgent | HttpsAgent): Promise<SwishAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<SwishAnswer>();
  const { method, signal, body } = request;
  const payload = body && JSON.stringify(body);
  const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/json';
  const headers = payload && { 'content-type': type, 'content-length': Buffer.byteLength(payload) };
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const sent = open(url, { method, agent, signal, ...(headers && { headers }) }, (answer) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    answer.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > MAX_ANSWER_BYTES) answer.destroy(new Error('The answer is too large.'));
      else parts.push(part);
    });
    answer.on('error', reject);
    answer.on('aborted', () => reject(new Error('The answer broke off.')));
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parse(Buffer.concat(parts)) }));
  });
  sent.on('error', reject);
  sent.end(payload);
  return promise;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
