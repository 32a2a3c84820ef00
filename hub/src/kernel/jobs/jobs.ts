import type { z } from 'zod';

/** A kind of work that is done later, or again, by whichever process can. Services define theirs once. */
export interface JobDefinition<Payload extends z.ZodType = z.ZodType> {
  /** `SERVICE.WORK`, such as `payment.settle`. */
  name: string;
  payload: Payload;
  /** How often it is tried before it is set aside as failed. */
  maxAttempts: number;
  /** Pause after the first failed attempt, doubled after each further one up to `maxBackoffMs`. */
  backoffMs: number;
  maxBackoffMs: number;
  /** How long one attempt may take: then its signal is aborted, and another process may take the job. */
  timeoutMs: number;
}

export function defineJob<Payload extends z.ZodType>(job: JobDefinition<Payload>): JobDefinition<Payload> {
  return job;
}

/** Does one attempt. Throwing means "not done": it is tried again, and set aside when attempts run out. */
export type JobHandler<Payload> = (
  payload: Payload,
  attempt: { id: string; number: number; signal: AbortSignal },
) => Promise<void>;

export interface FailedJob {
  name: string;
  id: string;
  payload: unknown;
  attempts: number;
  error: string;
  failedAt: string;
}

/** Work that comes again and again, as `schedule` is told of it. */
export interface Schedule {
  name: string;
  everyMs: number;
  timeoutMs: number;
  handle: (signal: AbortSignal) => Promise<void>;
}

export interface JobDepth {
  name: string;
  waiting: number;
  running: number;
  failed: number;
}

/**
 * Work that outlives a process: at least once, after its delay, by one worker at a time as long as that worker
 * answers within `timeoutMs`. A worker that dies loses its job to another one, so handlers bear a repeat. The truth
 * is never a job: whoever must not forget work keeps it in its own table and finds it by a schedule.
 */
export interface Jobs {
  /**
   * Resolves once the job is kept durably. A job of this name and id that waits, for its first attempt or another
   * one, or has failed is replaced, with its delay; one that runs is followed by one more. REQUEST_INVALID for a
   * payload that is not the definition's; SERVICE_UNAVAILABLE while the engine is away.
   */
  enqueue<Payload extends z.ZodType>(
    job: JobDefinition<Payload>,
    payload: z.input<Payload>,
    options: { id: string; delayMs?: number },
  ): Promise<void>;
  /** Works off jobs of this name in this process, `parallel` at a time (1 unless told). */
  work<Payload extends z.ZodType>(
    job: JobDefinition<Payload>,
    handle: JobHandler<z.output<Payload>>,
    options?: { parallel?: number },
  ): Promise<void>;
  /**
   * Runs `handle` every `everyMs`, in one of the processes that schedule this name, beginning one period from now.
   * A run that fails is logged; the next one comes all the same. Runs do not overlap; of runs that were missed while
   * no process was there, one is made up for.
   */
  schedule(
    name: string,
    options: Pick<Schedule, 'everyMs' | 'timeoutMs'>,
    handle: Schedule['handle'],
  ): Promise<void>;
  /** Jobs that used up their attempts, the latest first; at most 100. */
  failed(name?: string): Promise<FailedJob[]>;
  /** Begins a failed job anew. False when there is none. */
  retryFailed(name: string, id: string): Promise<boolean>;
  /** How many jobs of each name wait, run and have failed. */
  depth(): Promise<JobDepth[]>;
  /** Resolves when no job that is due waits or runs. For tests and for a drain. */
  idle(): Promise<void>;
  /** Takes no more jobs and waits for those that run. */
  close(): Promise<void>;
}
