/** What a process has opened so far, and how it is closed again. */
export interface Closing {
  add(close: () => Promise<unknown>): void;
  /**
   * Closes everything, the last opened first, each once. A step that throws keeps no other from its turn;
   * what it threw is thrown at the end, as an AggregateError when there are several.
   */
  close(): Promise<void>;
}

export function createClosing(): Closing {
  const steps: (() => Promise<unknown>)[] = [];
  let closed: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    const errors: unknown[] = [];
    for (let step = steps.pop(); step; step = steps.pop()) {
      await step().catch((error: unknown) => errors.push(error));
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, 'Several parts could not be closed.');
  }

  return {
    add: (close) => void steps.push(close),
    close: () => (closed ??= closeAll()),
  };
}
