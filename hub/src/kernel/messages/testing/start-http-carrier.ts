import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CarrierServer, Mood } from '../carrier.contract.ts';

export interface HttpCarrier extends CarrierServer {
  address: string;
}

export interface CarrierRequest {
  line: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface CarrierAnswer {
  status: number;
  body: string;
  headers?: Record<string, string>;
  /** Whether this request hands a message over, as most do. */
  message?: false;
}

/** A carrier's HTTP API, as `speak` answers in each mood; silence and broken connections are the same for all. */
export async function startHttpCarrier(
  speak: (request: CarrierRequest, mood: Exclude<Mood, 'hang' | 'cut'>) => CarrierAnswer,
): Promise<HttpCarrier> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { mood } = carrier;
    const line = `${request.method} ${request.url}`;
    const answer = speak(
      { line, headers: request.headers, body },
      mood === 'hang' || mood === 'cut' ? 'take' : mood,
    );
    if (answer.message !== false) {
      carrier.asked++;
      if (mood === 'hang') return;
      if (mood === 'cut') return void request.socket.resetAndDestroy();
      if (answer.status < 300) carrier.taken.push(body);
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const carrier: HttpCarrier = {
    mood: 'take',
    taken: [],
    asked: 0,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return carrier;
}
