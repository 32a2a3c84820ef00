import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { DynamoError, type DynamoErrorType } from '../engine/dynamo-error.ts';
import type { EngineAnswer } from '../engine/engine.ts';

const NAMESPACES: Partial<Record<DynamoErrorType, string>> = {
  SerializationException: 'com.amazon.coral.service',
  UnknownOperationException: 'com.amazon.coral.service',
  UnrecognizedClientException: 'com.amazon.coral.service',
  ValidationException: 'com.amazon.coral.validate',
};
const NAMESPACE = 'com.amazonaws.dynamodb.v20120810';

export function sendAnswer(response: ServerResponse, answer: EngineAnswer): void {
  const body = Buffer.from(JSON.stringify('output' in answer ? answer.output : errorBody(answer.error)));
  response
    .writeHead(statusOf(answer), {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': body.length,
      'x-amz-crc32': crc32(body),
      'x-amzn-requestid': randomUUID(),
    })
    .end(body);
}

export function refuse(type: DynamoErrorType, message: string): { readonly error: DynamoError } {
  return { error: new DynamoError(type, message) };
}

function errorBody({ type, message, members }: DynamoError): object {
  // DynamoDB writes this one member with a capital, and only here.
  const key = type === 'TransactionCanceledException' ? 'Message' : 'message';
  return { __type: `${NAMESPACES[type] ?? NAMESPACE}#${type}`, [key]: message, ...members };
}

function statusOf(answer: EngineAnswer): number {
  if ('output' in answer) return 200;
  return answer.error.type === 'InternalServerError' ? 500 : 400;
}
