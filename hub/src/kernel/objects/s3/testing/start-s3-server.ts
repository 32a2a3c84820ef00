import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Answer, answerS3, type Bucket, problem } from './answer-s3.ts';

/** What goes wrong with a request. */
export type Fault = 'slow-down' | 'access-denied' | 'no-such-bucket' | 'hang' | 'cut' | 'cut-in-body';

/** Speaks as much of S3's REST as the adapter uses, for one bucket in memory. It checks no signature. */
export interface S3Server {
  endpoint: string;
  bucket: Bucket;
  /** The requests that came, as `PUT /bucket/key?query`. */
  requests: string[];
  /** Requests that `when` picks fail so; at most `times` of them. */
  fail(fault: Fault, options?: { times?: number; when?: (request: string) => boolean }): void;
  close(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  const bucket: Bucket = { objects: new Map(), uploads: new Map() };
  const requests: string[] = [];
  let failing: { fault: Fault; times: number; when: (request: string) => boolean } | undefined;

  const server = createServer(async (request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    const fault = failing && failing.times > 0 && failing.when(line) ? failing.fault : undefined;
    if (fault && failing) failing.times--;
    if (fault === 'cut') return void request.socket.resetAndDestroy();
    const body = await buffer(request);
    if (fault === 'hang') return;
    const answer = refusalOf(fault) ?? answerS3(bucket, request, body);
    send(request, response, answer, fault === 'cut-in-body');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    requests,
    fail(fault, { times = Number.POSITIVE_INFINITY, when = () => true } = {}) {
      failing = { fault, times, when };
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function refusalOf(fault: Fault | undefined): Answer | undefined {
  if (fault === 'slow-down') return problem(503, 'SlowDown', 'Please reduce your request rate.');
  if (fault === 'access-denied') return problem(403, 'AccessDenied', 'Access Denied');
  if (fault === 'no-such-bucket') return problem(404, 'NoSuchBucket', 'The specified bucket does not exist');
  return undefined;
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer, cut: boolean): void {
  response.writeHead(answer.status, { 'content-length': answer.body.byteLength, ...answer.headers });
  if (request.method === 'HEAD') response.end();
  else if (!cut) response.end(answer.body);
  else {
    const half = answer.body.subarray(0, answer.body.byteLength / 2);
    response.write(half, () => request.socket.resetAndDestroy());
  }
}
