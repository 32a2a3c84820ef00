import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleRequest, type RecordedState, type Reply } from './handle-request.ts';

/** What befalls a request: a refusal of the whole, a line cut in the middle of the answer, or none at all. */
export type Fault = { status: 429 | 503 | 400; type: string } | 'cut' | 'silence';

export interface RecordedServer {
  url: string;
  state: RecordedState;
  /** `METHOD path` of each request, in order. */
  requests: string[];
  /** The next requests that begin so (`POST /x/_bulk`) meet these faults, one each. */
  play(start: string, faults: readonly Fault[]): void;
  /** What the server found wrong with a request; empty at the end of a good test. */
  complaints: unknown[];
  close(): Promise<void>;
}

const JSON_TYPE = 'application/vnd.elasticsearch+json;compatible-with=9';
const MEDIA_TYPE = /^application\/vnd\.elasticsearch\+(json|x-ndjson); compatible-with=9/;

export async function startRecordedServer(): Promise<RecordedServer> {
  const state: RecordedState = {
    indexes: new Map(),
    found: () => ({ hits: { total: { value: 0, relation: 'eq' }, max_score: null, hits: [] } }),
    refuse: () => undefined,
  };
  const requests: string[] = [];
  const complaints: unknown[] = [];
  const plays: { start: string; faults: Fault[] }[] = [];

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://server');
    const line = `${request.method} ${pathname}`;
    requests.push(line);
    const body = await readBody(request);
    const fault = plays
      .find(({ start, faults }) => faults.length > 0 && line.startsWith(start))
      ?.faults.shift();
    if (fault === 'silence') return;
    try {
      checkMediaTypes(request, body);
      const reply =
        typeof fault === 'object' ? refusal(fault) : handleRequest(state, request.method!, pathname, body);
      answer(response, reply, fault === 'cut');
    } catch (error) {
      complaints.push(error);
      answer(response, refusal({ status: 400, type: 'illegal_argument_exception' }), false);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    requests,
    complaints,
    play: (start, faults) => void plays.push({ start, faults: [...faults] }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function checkMediaTypes({ headers }: IncomingMessage, body: string): void {
  if (!MEDIA_TYPE.test(headers.accept ?? '')) throw new Error(`accept: ${headers.accept}`);
  if (body !== '' && !MEDIA_TYPE.test(headers['content-type'] ?? '')) {
    throw new Error(`content-type: ${headers['content-type']}`);
  }
}

function refusal({ status, type }: { status: number; type: string }): Reply {
  const cause = { type, reason: `played: ${type}` };
  return { status, body: { error: { root_cause: [cause], ...cause }, status } };
}

function answer(response: ServerResponse, { status, body }: Reply, cut: boolean): void {
  const text = body === '' ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'x-elastic-product': 'Elasticsearch',
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(text),
  });
  if (!cut) response.end(text);
  else response.write(text.slice(0, text.length / 2), () => response.destroy());
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
