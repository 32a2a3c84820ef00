import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../replay/random.ts';
import { acknowledge, type Ledger, type Operation } from './ledger.ts';
import { drawOperation, type PricedProduct } from './next-operation.ts';

const CLIENTS = 6;
/** Of one client in one cycle; a point that is not reached by then is not reached in this cycle. */
const MOST_OPERATIONS = 100;
const MOST_PAUSE_MS = 60;
const ANSWER_TIMEOUT_MS = 15_000;

/**
 * Several clients sell, take goods back and receive deliveries side by side until `stop`, or until the box
 * no longer answers. What was asked for and what was acknowledged is noted in the ledger.
 */
export async function sell(context: {
  url: string;
  ledger: Ledger;
  products: readonly PricedProduct[];
  seed: number;
  stop: AbortSignal;
  /** Called in the turn in which an answer was read. */
  onAcknowledged: () => void;
}): Promise<void> {
  const { url, ledger, products, seed, stop, onAcknowledged } = context;

  async function serve(client: number): Promise<void> {
    const random = seededRandom(seed + client);
    const returnable: Operation[] = [];
    for (let count = 0; count < MOST_OPERATIONS && !stop.aborted; count += 1) {
      const operation = drawOperation(products, returnable, ledger.acknowledged, random);
      ledger.issued.set(operation.key, operation);
      const answer = await askOnce(url, operation);
      if (answer === 'unanswered') return;
      if (answer.status < 300) {
        acknowledge(ledger, operation, answer.body);
        onAcknowledged();
        if (operation.kind === 'sale') returnable.push(operation);
      } else {
        ledger.issued.delete(operation.key);
        ledger.refused.push(`${operation.kind} ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      await wait(Math.floor(random() * MOST_PAUSE_MS));
    }
  }

  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => serve(client)));
}

async function askOnce(url: string, operation: Operation) {
  try {
    const response = await fetch(`${url}${operation.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': operation.key },
      body: JSON.stringify(operation.body),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    // The box gives way: whether it did the work is not said, so it is asked again later.
    if (response.status === 503 || response.status === 429) return 'unanswered';
    return { status: response.status, body };
  } catch {
    return 'unanswered';
  }
}
