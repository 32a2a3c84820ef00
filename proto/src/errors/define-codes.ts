import type { ErrorKind } from './kinds.ts';

export interface ErrorDefinition {
  kind: ErrorKind;
  /** What happened, in one sentence, for the person who reads it. */
  title: string;
  /** What that person can do about it. */
  remedy: string;
}

/** Names the error codes of one room; `codes.ts` gathers the rooms. */
export function defineCodes<const T extends Record<string, ErrorDefinition>>(codes: T): T {
  return codes;
}
