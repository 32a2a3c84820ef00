/** DynamoDB's own limits, in bytes where not said otherwise. */
export const MAX_ITEM = 400 * 1024;
export const MAX_PAGE = 1024 * 1024;
export const MAX_HASH_KEY = 2048;
export const MAX_SORT_KEY = 1024;
export const MAX_TRANSACTION = 4 * 1024 * 1024;
export const MAX_TRANSACTION_ITEMS = 100;
export const MAX_BATCH_GET_KEYS = 100;
export const MAX_BATCH_WRITES = 25;
export const MAX_BATCH_GET_ANSWER = 16 * 1024 * 1024;
export const MAX_EXPRESSION = 4096;
export const MAX_EXPRESSION_OPERATORS = 300;
export const MAX_NESTING = 32;
export const MAX_INDEXES = 20;
export const MAX_IN_OPERANDS = 100;
export const IDEMPOTENCY_MS = 10 * 60 * 1000;
