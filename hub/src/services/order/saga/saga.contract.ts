import { describe } from 'vitest';
import type { Documents } from '../../../kernel/documents/documents.ts';
import { awayContract } from './contract/away.contract.ts';
import { cancellingContract } from './contract/cancelling.contract.ts';
import { dyingContract } from './contract/dying.contract.ts';
import { goodWayContract } from './contract/good-way.contract.ts';
import { payingContract } from './contract/paying.contract.ts';
import { setStage } from './contract/stage.ts';

/** The life of orders on any documents: `open` gives each story stores of its own. */
export function sagaContract(name: string, open: () => Promise<Documents>): void {
  describe(`orders on ${name}`, () => {
    const on = setStage(open);
    goodWayContract(on);
    payingContract(on);
    cancellingContract(on);
    dyingContract(on);
    awayContract(on);
  });
}
