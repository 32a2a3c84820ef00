import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What a service behind the gateway was asked. */
export interface Heard {
  service: string;
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  bytes: number;
}

export interface EchoService {
  /** `host:port` */
  address: string;
  heard: Heard[];
  close(): Promise<void>;
}

/** A service that answers with what it heard, or as `answer` says. */
export async function startEchoService(
  service: string,
  answer: (response: ServerResponse, heard: Heard) => void = (response, heard) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(heard));
  },
): Promise<EchoService> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const { length } = await buffer(request);
    const one = {
      service,
      method: request.method!,
      path: request.url!,
      headers: request.headers,
      bytes: length,
    };
    heard.push(one);
    answer(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    heard,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
