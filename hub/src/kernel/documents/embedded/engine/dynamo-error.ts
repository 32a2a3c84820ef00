/** The error types of DynamoDB that the engine answers with; the SDK makes its exception classes of them. */
export type DynamoErrorType =
  | 'ConditionalCheckFailedException'
  | 'IdempotentParameterMismatchException'
  | 'InternalServerError'
  | 'LimitExceededException'
  | 'ResourceInUseException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'TransactionCanceledException'
  | 'UnknownOperationException'
  | 'UnrecognizedClientException'
  | 'ValidationException';

/** What a request is refused with, in DynamoDB's own names and words: it leaves the process as such. */
export class DynamoError extends Error {
  override readonly name = 'DynamoError';
  readonly type: DynamoErrorType;
  /** Further members of the answer: `Item`, `CancellationReasons`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(type: DynamoErrorType, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.type = type;
    this.members = members;
  }
}

export function invalid(message: string): DynamoError {
  return new DynamoError('ValidationException', message);
}

/** DynamoDB's usual opening for a value that does not fit its key, index or type. */
export function invalidParameter(message: string): DynamoError {
  return invalid(`One or more parameter values were invalid: ${message}`);
}
