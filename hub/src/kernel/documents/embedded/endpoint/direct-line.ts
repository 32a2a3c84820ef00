import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  DynamoDBServiceException,
  IdempotentParameterMismatchException,
  InternalServerError,
  ResourceNotFoundException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoError } from '../engine/dynamo-error.ts';
import type { EngineAnswer, EngineRequest } from '../engine/engine.ts';

/** The operations on items. Those on tables are rare, and go over the wire like any client's. */
const DIRECT: ReadonlySet<string> = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'TransactGetItems',
  'TransactWriteItems',
  'UpdateItem',
]);

const EXCEPTIONS = {
  ConditionalCheckFailedException,
  IdempotentParameterMismatchException,
  InternalServerError,
  ResourceNotFoundException,
  TransactionCanceledException,
} as const;

/**
 * Lets this client's item operations reach the engine without serialisation, a socket and a retry, which cost
 * several times what the engine does: both ends are in one process, and no answer gets lost between them. The
 * client gives and gets what it would over the wire, down to the classes of its exceptions.
 */
export function addDirectLine(
  client: DynamoDBClient,
  answer: (request: EngineRequest) => Promise<EngineAnswer>,
): void {
  client.middlewareStack.add(
    (next, { commandName }) => {
      const operation = String(commandName).replace(/Command$/, '');
      if (!DIRECT.has(operation)) return next;
      return async ({ input }) => {
        const answered = await answer({ operation, input });
        if ('error' in answered) throw exceptionOf(answered.error);
        const output = Object.assign(fromWire(answered.output) as object, { $metadata: {} });
        return { output: output as never, response: undefined };
      };
    },
    { name: 'directLine', step: 'initialize', priority: 'high' },
  );
}

/** A copy with binaries as bytes. Only a tagged value has text right under `B`, or a list of texts under `BS`. */
function fromWire(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromWire);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === 'B' && typeof member === 'string') return [name, bytesOf(member)];
      if (name === 'BS' && isTexts(member)) return [name, member.map(bytesOf)];
      return [name, fromWire(member)];
    }),
  );
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

function exceptionOf({ type, message, members }: DynamoError): Error {
  const options = { message, $metadata: {}, ...(fromWire(members) as object) };
  if (Object.hasOwn(EXCEPTIONS, type)) return new EXCEPTIONS[type as keyof typeof EXCEPTIONS](options);
  return new DynamoDBServiceException({ ...options, name: type, $fault: 'client' });
}
