import { once } from 'node:events';
import { portTaken } from '../../src/serve-http.ts';
import { startSwishSimulator } from '../../src/services/payment/gateways/swish/simulator/start-swish-simulator.ts';

const HELP = `A payment's message chooses how the bank behaves:
  LATE      stays open until it is cancelled     LATE3    paid at the third look-up
  DECLINE   the payer declines                   TWICE    paid; the callback comes twice
  NEVER     paid; the answer breaks off          LOST     breaks off before anything is taken in
  SHORT     paid, one öre less than asked        RF07, TM01, DS24, BE18, RP06, …  Swish's own codes
  anything else is paid at once`;

/** Runs the simulator of Swish until the process is told to stop. */
export async function simulateBank({ port }: { port: number }): Promise<void> {
  const bank = await startSwishSimulator({ port }).catch((cause: unknown) => {
    throw portTaken('127.0.0.1', port, cause);
  });
  console.log(`bank ready at ${bank.url}\n${HELP}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await bank.close();
}
