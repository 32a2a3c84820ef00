import { setTimeout as wait } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Network, NetworkShop } from '../network/start-network.ts';
import type { PlannedFault } from './fault-plan.ts';
import type { ReplayOperation } from './read-transactions.ts';
import { askShop } from './shop-client.ts';

export interface PlayedRun {
  sales: number;
  returns: number;
  /** Acknowledged while the line was cut. */
  offlineSales: number;
  seconds: number;
  kills: { edge: number; hub: number };
  /** What a shop refused, with its answer: each is a fault of the run. */
  refused: { reference: string; error: string }[];
}

/**
 * Plays each shop's operations one after the other, the shops side by side, while the faults strike.
 * Throws when a fault could not be undone: a process that was killed and did not come back.
 */
export async function play(
  network: Network,
  perShop: readonly (readonly ReplayOperation[])[],
  faults: readonly PlannedFault[],
  currency: string,
): Promise<PlayedRun> {
  const run: PlayedRun = {
    sales: 0,
    returns: 0,
    offlineSales: 0,
    seconds: 0,
    kills: { edge: 0, hub: 0 },
    refused: [],
  };
  const waiting = [...faults];
  const striking: Promise<void>[] = [];
  const failures: unknown[] = [];
  let acknowledged = 0;
  const strikeDue = () => {
    while (waiting[0] && waiting[0].after <= acknowledged) {
      const fault = waiting.shift() as PlannedFault;
      striking.push(strike(network, fault, run).catch((error: unknown) => void failures.push(error)));
    }
  };

  const startedAt = performance.now();
  strikeDue();
  await Promise.all(
    network.shops.map(async (shop, index) => {
      for (const operation of perShop[index] ?? []) {
        // A shop whose box is gone for good would keep each sale waiting until its client gives up.
        if (failures.length > 0) return;
        await playOne(shop, operation, currency, run);
        acknowledged += 1;
        strikeDue();
      }
    }),
  );
  run.seconds = (performance.now() - startedAt) / 1000;
  await Promise.all(striking);
  if (failures.length > 0) {
    throw new AggregateError(failures, `A fault could not be undone: ${failures.map(String).join('; ')}`);
  }
  return run;
}

async function playOne(
  shop: NetworkShop,
  operation: ReplayOperation,
  currency: string,
  run: PlayedRun,
): Promise<void> {
  const totalMinor = operation.lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0);
  const lines = operation.lines.map(({ code, quantity, unitPriceMinor }) => ({
    code,
    quantity,
    override: { unitPriceMinor, currency, reason: 'price of the invoice' },
  }));
  const tenders = [{ type: 'external', amountMinor: totalMinor }];
  const common = { lines, tenders, currency, reference: operation.reference };
  const body = operation.kind === 'sale' ? common : { ...common, reason: 'returned on the invoice' };
  try {
    await askShop(`${shop.url}/v1/${operation.kind}s`, { method: 'POST', idempotencyKey: uuidv7(), body });
  } catch (error) {
    run.refused.push({ reference: operation.reference, error: String(error) });
    return;
  }
  if (operation.kind === 'sale') run.sales += 1;
  else run.returns += 1;
  if (shop.link.isCut) run.offlineSales += 1;
}

async function strike(network: Network, fault: PlannedFault, run: PlayedRun): Promise<void> {
  await wait(fault.delayMs);
  switch (fault.strike.kind) {
    case 'cut':
      for (const shop of network.shops) shop.link.cut();
      return;
    case 'heal':
      for (const shop of network.shops) shop.link.heal();
      return;
    case 'kill-hub':
      await killAndRestart(network.hub.process);
      run.kills.hub += 1;
      return;
    case 'kill-edge':
      await killAndRestart((network.shops[fault.strike.shop] as NetworkShop).process);
      run.kills.edge += 1;
  }
}

const restarts = new WeakMap<object, Promise<void>>();

/** Two kills of one process that fall together strike one after the other. */
function killAndRestart(process: { kill(): Promise<void>; start(): Promise<void> }): Promise<void> {
  const next = (restarts.get(process) ?? Promise.resolve()).then(async () => {
    await process.kill();
    await process.start();
  });
  restarts.set(process, next);
  return next;
}
