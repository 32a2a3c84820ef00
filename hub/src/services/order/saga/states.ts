import { ButikError } from '@butik/proto/errors/butik-error';

export const SAGA_STATES = [
  'reserving',
  'paying',
  'confirming',
  'notifying',
  'done',
  'refunding',
  'releasing',
  'cancelling',
  'cancelled',
] as const;
export type SagaState = (typeof SAGA_STATES)[number];

/** What can become of a step. `refused` is final; whatever is not certain is no input, and the step is taken again. */
export const SAGA_INPUTS = [
  'reserved',
  'paid',
  'unpaid',
  'confirmed',
  'notified',
  'refused',
  'timed-out',
  'cancel-asked',
  'refunded',
  'released',
  'cancelled',
] as const;
export type SagaInput = (typeof SAGA_INPUTS)[number];

/**
 * The saga of an order. A state is a step that is being taken, not one that is over: its remote effect may be there
 * or not. So whoever leaves a state without knowing its outcome goes to the compensation of that very step.
 * README.md draws it.
 */
export const SAGA_TRANSITIONS: Readonly<Record<SagaState, Readonly<Partial<Record<SagaInput, SagaState>>>>> =
  {
    // A refused reservation is released too: an earlier try, whose answer was lost, may still arrive.
    reserving: {
      reserved: 'paying',
      refused: 'releasing',
      'timed-out': 'releasing',
      'cancel-asked': 'releasing',
    },
    // Of an unpaid payment it is certain that nothing was charged and never will be.
    paying: {
      paid: 'confirming',
      unpaid: 'releasing',
      refused: 'refunding',
      'timed-out': 'refunding',
      'cancel-asked': 'refunding',
    },
    confirming: { confirmed: 'notifying', refused: 'refunding', 'cancel-asked': 'refunding' },
    notifying: { notified: 'done' },
    done: { 'cancel-asked': 'refunding' },
    refunding: { refunded: 'releasing' },
    releasing: { released: 'cancelling' },
    cancelling: { cancelled: 'cancelled' },
    cancelled: {},
  };

/** Steps that an order of nothing to pay leaves out, and where it goes instead. */
const SKIPPED_WHEN_FREE: Readonly<Partial<Record<SagaState, SagaState>>> = {
  paying: 'confirming',
  refunding: 'releasing',
};

/** Steps whose effect is in our own table: they are taken in the write that enters them, and nothing rests there. */
const LOCAL_STEPS: Readonly<Partial<Record<SagaState, SagaInput>>> = {
  notifying: 'notified',
  cancelling: 'cancelled',
};

/** States in which a saga can be found, with a call to another service to make. */
export type RemoteState = Exclude<SagaState, 'notifying' | 'cancelling' | 'done' | 'cancelled'>;

/**
 * The states that the saga enters by an input, in order; it rests in the last one. `free`: there is nothing to pay.
 * Throws INTERNAL for an input that the state does not know.
 */
export function advance(from: SagaState, input: SagaInput, { free }: { free: boolean }): SagaState[] {
  const entered: SagaState[] = [];
  let state = from;
  for (let next: SagaInput | undefined = input; next !== undefined; next = LOCAL_STEPS[state]) {
    state = follow(state, next, free);
    entered.push(state);
  }
  return entered;
}

/** Whether the state knows the input; what it does not know cannot end it. */
export function accepts(state: SagaState, input: SagaInput): boolean {
  return SAGA_TRANSITIONS[state][input] !== undefined;
}

export function hasEnded(state: SagaState): state is 'done' | 'cancelled' {
  return state === 'done' || state === 'cancelled';
}

/** Whether the order is on its way to being cancelled, or is. */
export function isCompensating(state: SagaState): boolean {
  return state === 'refunding' || state === 'releasing' || state === 'cancelling' || state === 'cancelled';
}

function follow(from: SagaState, input: SagaInput, free: boolean): SagaState {
  const to = SAGA_TRANSITIONS[from][input];
  if (to === undefined) {
    throw new ButikError('INTERNAL', { message: `A saga that is ${from} knows no “${input}”.` });
  }
  return (free && SKIPPED_WHEN_FREE[to]) || to;
}
