/** A wait that can be cut short. A ring that comes while nobody waits is kept for the next wait. */
export interface Alarm {
  /** Resolves after `ms`, or at the next ring; null waits for the ring alone. */
  wait(ms: number | null): Promise<void>;
  ring(): void;
}

export function createAlarm(): Alarm {
  let rung = false;
  let wakeUp: (() => void) | null = null;

  return {
    wait(ms) {
      if (rung) {
        rung = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const timer = ms === null ? undefined : setTimeout(done, ms);
        function done(): void {
          clearTimeout(timer);
          wakeUp = null;
          rung = false;
          resolve();
        }
        wakeUp = done;
      });
    },
    ring() {
      rung = true;
      wakeUp?.();
    },
  };
}
