/**
 * Whether a write was refused by its own condition: an item that exists already, a version that has moved on,
 * a unique attribute that is taken. Covers single writes and transactions, through OneTable or the bare SDK.
 * In a transaction, `at` limits the question to the write at that position.
 */
export function conditionFailed(thrown: unknown, at?: number): boolean {
  const error = awsError(thrown);
  if (error.name === 'ConditionalCheckFailedException' || error.name === 'UniqueError')
    return at === undefined;
  if (error.name !== 'TransactionCanceledException') return false;
  const reasons = error.reasons ?? [];
  const asked = at === undefined ? reasons : reasons.slice(at, at + 1);
  return asked.some((reason) => reason.Code === 'ConditionalCheckFailed');
}

interface AwsError {
  readonly name?: unknown;
  readonly reasons?: readonly { Code?: unknown }[];
}

/** OneTable keeps the SDK's error in `context.err` and its name in `code`. */
function awsError(thrown: unknown): AwsError {
  if (!(thrown instanceof Error)) return {};
  const wrapped = thrown as Error & { code?: unknown; context?: { err?: unknown } };
  const inner = wrapped.context?.err instanceof Error ? wrapped.context.err : thrown;
  const reasons = (inner as { CancellationReasons?: readonly { Code?: unknown }[] }).CancellationReasons;
  const name = inner === thrown ? (wrapped.code ?? thrown.name) : inner.name;
  return { name, ...(reasons ? { reasons } : {}) };
}
