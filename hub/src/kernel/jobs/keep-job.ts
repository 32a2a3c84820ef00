import { ButikError } from '@butik/proto/errors/butik-error';
import { currentTraceparent } from '@butik/proto/telemetry/span';
import { z } from 'zod';
import type { JobDefinition } from './jobs.ts';

/** What an engine keeps of a job, besides when it is due. */
export interface KeptJob {
  id: string;
  /** The payload as JSON, as it was handed in: it is parsed again at work. */
  payload: string;
  /** Trace context of who enqueued it. */
  traceparent: string | undefined;
  delayMs: number;
}

const MAX_PAYLOAD_CHARACTERS = 256_000;
const MAX_DELAY_MS = 366 * 24 * 60 * 60 * 1_000;

const optionsSchema = z.object({
  id: z
    .string()
    .min(1)
    .max(200)
    .refine((id) => !id.includes('\0'), 'has a NUL character'),
  delayMs: z.int().min(0).max(MAX_DELAY_MS).default(0),
});

/** Throws REQUEST_INVALID with the fields when the payload is not the definition's, or the job is out of bounds. */
export function keepJob<Payload extends z.ZodType>(
  job: JobDefinition<Payload>,
  payload: z.input<Payload>,
  options: { id: string; delayMs?: number },
): KeptJob {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw refusal(job.name, parsed.error.issues);
  const fits = job.payload.safeParse(payload);
  if (!fits.success) throw refusal(job.name, fits.error.issues);
  const json = JSON.stringify(payload) ?? 'null';
  if (json.length > MAX_PAYLOAD_CHARACTERS) {
    throw refusal(job.name, [{ path: [], message: `more than ${MAX_PAYLOAD_CHARACTERS} characters` }]);
  }
  return { ...parsed.data, payload: json, traceparent: currentTraceparent() };
}

function refusal(name: string, issues: readonly { path: PropertyKey[]; message: string }[]): ButikError {
  const fields = issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  return new ButikError('REQUEST_INVALID', {
    message: `Not a job ${name}: ${fields.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
    details: { part: 'jobs', fields },
  });
}
