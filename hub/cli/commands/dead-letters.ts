import type { Command } from 'commander';
import type { KeptDeadLetter } from '../../src/kernel/bus/dead-letters.ts';
import { callHub, hubAddress } from '../hub-client.ts';
import { listAll } from '../list-all.ts';

const PATH = '/v1/sync/dead-letters';

/** `butik sync dead-letters …` */
export function addDeadLetterCommands(program: Command, sync: Command): void {
  const deadLetters = sync
    .command('dead-letters')
    .description('Events that a part of the hub could not take');
  const address = () => hubAddress(program.opts(), process.env);
  const print = (value: unknown, text: string) =>
    console.log(program.opts().json ? JSON.stringify(value) : text);

  deadLetters
    .command('list')
    .description('Which events were not taken, by whom and why')
    .action(async () => {
      const items = await listAll<KeptDeadLetter>(address(), PATH);
      const lines = items.map(
        ({ id, event, diedAt, error }) =>
          `${id}  ${event.type} of ${event.subject}  ${diedAt}  ${error.split('\n')[0]}`,
      );
      print({ items }, lines.length > 0 ? lines.join('\n') : 'There are no dead letters.');
    });
  deadLetters
    .command('redeliver')
    .description('Offer an event again, after the cause has been mended')
    .argument('<id>', 'as the list has it')
    .action(async (id: string) => {
      await callHub(address(), 'POST', `${PATH}/${encodeURIComponent(id)}/redeliver`);
      print({ id }, `${id} is delivered again; it leaves the list when it is taken.`);
    });
}
