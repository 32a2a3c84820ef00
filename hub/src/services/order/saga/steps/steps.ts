import type { RemoteState } from '../states.ts';
import { confirm } from './confirm.ts';
import { pay } from './pay.ts';
import { refund } from './refund.ts';
import { release } from './release.ts';
import { reserve } from './reserve.ts';
import type { SagaStep } from './saga-step.ts';

/** The remote call of each state in which a saga rests. */
export const STEPS: Readonly<Record<RemoteState, SagaStep>> = {
  reserving: reserve,
  paying: pay,
  confirming: confirm,
  refunding: refund,
  releasing: release,
};
