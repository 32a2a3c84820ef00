import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type CollectedSpan, readSpans } from './read-spans.ts';

export interface Collector {
  /** Base address, as a setting has it. */
  url: string;
  spans: CollectedSpan[];
  /** What it answers: 200 unless a test makes it ill. */
  status: number;
  requests: number;
  close(): Promise<void>;
}

/** A collector of traces on a free port of the loopback address. */
export async function startCollector(): Promise<Collector> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    collector.requests += 1;
    if (collector.status === 200 && request.url === '/v1/traces') {
      const zipped = request.headers['content-encoding'] === 'gzip';
      collector.spans.push(...readSpans(zipped ? gunzipSync(body) : body));
    }
    response.writeHead(collector.status, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: [],
    status: 200,
    requests: 0,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return collector;
}
