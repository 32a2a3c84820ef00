import { z } from 'zod';

/**
 * A line of text as people write it, of at most `maxCharacters`. Control characters are refused where the text comes
 * in: PostgreSQL keeps no NUL, and a text that a later step cannot keep would hold that step up for ever.
 */
export function plainText(maxCharacters: number) {
  return z
    .string()
    .max(maxCharacters)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'It has control characters.');
}
