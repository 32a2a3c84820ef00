import { inSpan } from '@butik/proto/telemetry/span';
import type { JobDefinition, JobHandler } from './jobs.ts';
import { withinTime } from './within-time.ts';

export interface Attempt {
  job: JobDefinition;
  handle: JobHandler<unknown>;
  id: string;
  /** From 1; more than the definition allows when the last one ended with the process that made it. */
  number: number;
  /** JSON. */
  payload: string;
  traceparent: string | undefined;
}

/** `final`: it is not to be tried again. */
export type Outcome = { done: true } | { done: false; final: boolean; error: string };

const MAX_ERROR_CHARACTERS = 1_000;

/** One attempt at a job, in a span of its own. Never throws. */
export async function runAttempt(attempt: Attempt): Promise<Outcome> {
  const { job, handle, id, number, traceparent } = attempt;
  if (number > job.maxAttempts) {
    return { done: false, final: true, error: 'The process that made the last attempt did not come back.' };
  }
  const attributes = { 'butik.job.id': id, 'butik.job.attempt': number };
  try {
    const payload = job.payload.safeParse(JSON.parse(attempt.payload));
    if (!payload.success) {
      return notDone(new Error(`The payload does not fit any more: ${payload.error.message}`), true);
    }
    await inSpan(`job ${job.name}`, { kind: 'consumer', traceparent, attributes }, () =>
      withinTime(job.timeoutMs, (signal) => handle(payload.data, { id, number, signal })),
    );
    return { done: true };
  } catch (error) {
    return notDone(error, number >= job.maxAttempts);
  }
}

function notDone(error: unknown, final: boolean): Outcome {
  return { done: false, final, error: String(error).replaceAll('\0', '').slice(0, MAX_ERROR_CHARACTERS) };
}
