import type { IncomingMessage, ServerResponse } from 'node:http';

/** One of the array that a 422 holds. */
export interface SwishError {
  errorCode: string;
  errorMessage: string;
  additionalInformation: string;
}

const MAX_BODY_BYTES = 64 * 1024;

/** The request's JSON; undefined when it is none, or too large. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return undefined;
  }
}

export function answer(response: ServerResponse, status: number, body?: unknown, location?: string): void {
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(location !== undefined && { location }),
  };
  response.writeHead(status, headers).end(body === undefined ? undefined : JSON.stringify(body));
}

export function refuse(response: ServerResponse, ...errors: SwishError[]): void {
  answer(response, 422, errors);
}
