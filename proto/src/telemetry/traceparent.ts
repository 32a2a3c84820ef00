import { z } from 'zod';

/** W3C trace context, version 00, as calls, events, jobs and facts keep it. All zeros name nothing and are refused. */
export const traceparentSchema = z
  .string()
  .regex(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/);
