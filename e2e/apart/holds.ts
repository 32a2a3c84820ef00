/** `before`: it has been asked, and has not acted. `after`: it has acted, and its answer is not back. */
export type Moment = 'before' | 'after';

/** A call that is kept. */
export interface Held {
  /** Whether its caller has given it up or is dead. */
  isGivenUp(): boolean;
  letGo(): void;
}

/** Keeps calls on their way, for a test to say which. */
export interface Holds<Call> {
  /** The next call that matches is kept at that moment; resolves once it is there. */
  next(moment: Moment, matches: (call: Call) => boolean): Promise<Held>;
  /** Where the calls come by: resolves at once for one that nobody waits for. */
  pass(moment: Moment, call: Call, isGivenUp: () => boolean): Promise<void>;
  /** Lets everything go on, and keeps nothing more. */
  end(): void;
}

export function createHolds<Call>(): Holds<Call> {
  const rules = new Set<{
    moment: Moment;
    matches(call: Call): boolean;
    arrived(held: Held): void;
  }>();
  const kept = new Set<() => void>();
  return {
    next: (moment, matches) => new Promise((arrived) => rules.add({ moment, matches, arrived })),
    async pass(moment, call, isGivenUp) {
      for (const rule of rules) {
        if (rule.moment !== moment || !rule.matches(call)) continue;
        rules.delete(rule);
        const { promise, resolve } = Promise.withResolvers<void>();
        kept.add(resolve);
        rule.arrived({ isGivenUp, letGo: resolve });
        await promise;
        kept.delete(resolve);
        return;
      }
    },
    end() {
      rules.clear();
      for (const letGo of kept) letGo();
    },
  };
}
