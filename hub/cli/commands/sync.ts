import type { Command } from 'commander';
import type { ChannelLag } from '../../src/intake/shop-lag.ts';
import { callHub, hubAddress } from '../hub-client.ts';
import { addDeadLetterCommands } from './dead-letters.ts';
import { addQuarantineCommands } from './quarantine.ts';

export function addSyncCommands(program: Command): void {
  const sync = program.command('sync').description('What shops have sent and what waits');

  sync
    .command('status')
    .description('Every shop and channel: received, waiting, in quarantine')
    .action(async () => {
      const address = hubAddress(program.opts(), process.env);
      const { items } = await callHub<{ items: ChannelLag[] }>(address, 'GET', '/v1/sync/shops');
      const lines = items.map(
        (item) =>
          `${item.shopId}  epoch ${item.epoch}  ${item.channel.padEnd(10)}  received ${item.acknowledged}  waiting ${item.pending}  quarantined ${item.quarantined}  last ${item.lastReceivedAt ?? 'never'}`,
      );
      const text = lines.length > 0 ? lines.join('\n') : 'No shop has sent anything yet.';
      console.log(program.opts().json ? JSON.stringify({ items }) : text);
    });
  addQuarantineCommands(program, sync);
  addDeadLetterCommands(program, sync);
}
