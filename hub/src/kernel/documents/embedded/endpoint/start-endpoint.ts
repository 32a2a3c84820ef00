import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Engine, EngineAnswer } from '../engine/engine.ts';
import type { RequestGroup } from './group-requests.ts';
import { readBody } from './read-body.ts';
import { refuse, sendAnswer } from './send-answer.ts';

const TARGET = /^DynamoDB_20120810\.([A-Za-z]+)$/;
const EXPIRE_EVERY_MS = 60_000;
const KEY_BYTES = 16;

export interface Endpoint {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  /** Made anew at every start; a request signed with another is refused, so only this process gets in. */
  readonly accessKeyId: string;
  /** Ends when every request that has arrived is answered. */
  close(): Promise<void>;
}

/** Serves the engine as DynamoDB's JSON 1.0 protocol on a free loopback port. */
export async function startEndpoint(engine: Engine, group: RequestGroup, logger?: Logger): Promise<Endpoint> {
  const accessKeyId = randomBytes(KEY_BYTES).toString('hex');
  const server = createServer((request, response) => {
    serve(request, accessKeyId, group.answer).then(
      (answer) => sendAnswer(response, answer),
      (error: unknown) => drop(response, error, logger),
    );
  });
  // The client keeps its connections; one that is closed while it is being used would look like a failure.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const sweep = setInterval(() => expire(engine, logger), EXPIRE_EVERY_MS);
  sweep.unref();
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    accessKeyId,
    async close() {
      clearInterval(sweep);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await group.drained();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  request: IncomingMessage,
  accessKeyId: string,
  answer: RequestGroup['answer'],
): Promise<EngineAnswer> {
  const body = await readBody(request);
  if ('error' in body) return body;
  const operation = TARGET.exec(String(request.headers['x-amz-target'] ?? ''))?.[1];
  if (request.method !== 'POST' || !operation)
    return refuse('UnknownOperationException', 'Unknown operation');
  if (!request.headers.authorization?.includes(`Credential=${accessKeyId}/`)) {
    return refuse('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  return answer({ operation, input: body.input });
}

/** The client went away before its request was complete, or before its answer could be sent. */
function drop(response: ServerResponse, error: unknown, logger: Logger | undefined): void {
  logger?.debug({ err: error }, 'a documents request was not completed');
  response.destroy();
}

function expire(engine: Engine, logger: Logger | undefined): void {
  try {
    engine.expire();
  } catch (error) {
    logger?.error({ err: error }, 'expired documents could not be deleted; trying again in a minute');
  }
}
