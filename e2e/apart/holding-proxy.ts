import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createHolds, type Holds } from './holds.ts';

export interface HttpCall {
  method: string;
  path: string;
  /** DynamoDB's operation: `DynamoDB_20120810.PutItem`; empty where the other side is no DynamoDB. */
  operation: string;
  body: string;
}

/** Stands where a process takes DynamoDB or the bank to be, and passes its requests on. */
export interface HoldingProxy {
  url: string;
  holds: Holds<HttpCall>;
  /** Every request that came by, in order. */
  seen: readonly HttpCall[];
  close(): Promise<void>;
}

/** A request whose sender has died meanwhile is passed on nevertheless. */
export async function openHoldingProxy(target: string): Promise<HoldingProxy> {
  const holds = createHolds<HttpCall>();
  const seen: HttpCall[] = [];
  const agent = new Agent({ keepAlive: true });

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { method = 'GET', url: path = '/', headers } = request;
    const operation = String(headers['x-amz-target'] ?? '');
    const call = { method, path, operation, body: body.toString('utf8') };
    seen.push(call);
    const isGivenUp = () => response.destroyed;
    await holds.pass('before', call, isGivenUp);
    const answer = await ask(request, body);
    await holds.pass('after', call, isGivenUp);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  function ask({ method, url: path, headers }: IncomingMessage, body: Buffer) {
    return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>(
      (resolve, reject) => {
        const sent = send(new URL(path ?? '/', target), { method, headers, agent }, (answer) => {
          buffer(answer).then(
            (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
            reject,
          );
        });
        sent.on('error', reject);
        sent.end(body);
      },
    );
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    holds,
    seen,
    async close() {
      holds.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
}
