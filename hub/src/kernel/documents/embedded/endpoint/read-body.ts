import type { IncomingMessage } from 'node:http';
import type { EngineAnswer } from '../engine/engine.ts';
import { refuse } from './send-answer.ts';

const MAX_BODY = 16 * 1024 * 1024;

/** The request's JSON. What is too long is read to its end, so that the refusal can be, and thrown away. */
export async function readBody(
  request: IncomingMessage,
): Promise<{ readonly input: unknown } | Extract<EngineAnswer, { error: unknown }>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_BODY) chunks.push(chunk);
  }
  if (length > MAX_BODY)
    return refuse('ValidationException', `Request size limit exceeded: ${MAX_BODY} bytes`);
  try {
    const input: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { input };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return refuse('SerializationException', 'The body is not a JSON object');
}
