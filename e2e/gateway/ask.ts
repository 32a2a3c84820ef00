import type { IncomingHttpHeaders } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { type Problem, problemSchema } from '@butik/proto/errors/problem';

export interface Question {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** The client's own address, one of 127.0.0.0/8: each has its own limits. */
  from?: string;
  tls?: Pick<RequestOptions, 'minVersion' | 'maxVersion' | 'ciphers'>;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One request over TLS, on a connection of its own, with the path exactly as it is written. */
export async function ask(
  { port, ca }: { port: number; ca: Buffer },
  { path, method = 'GET', headers, body, from, tls }: Question,
): Promise<Answer> {
  const answer = Promise.withResolvers<Answer>();
  const sent = request(
    {
      ...{ host: '127.0.0.1', servername: 'localhost', port, ca, method, path, agent: false },
      ...{ headers: { host: 'hub.example', ...headers }, localAddress: from, ...tls },
    },
    (response) => {
      text(response).then(
        (read) => answer.resolve({ status: response.statusCode!, headers: response.headers, body: read }),
        answer.reject,
      );
    },
  );
  sent.on('error', answer.reject);
  sent.end(body);
  return await answer.promise;
}

/** The problem that an answer carries; throws when it is none. */
export function problemIn({ headers, body }: Answer): Problem {
  if (headers['content-type'] !== 'application/problem+json')
    throw new Error(`no problem: ${body.slice(0, 200)}`);
  return problemSchema.parse(JSON.parse(body));
}
