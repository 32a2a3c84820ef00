import type { Command } from 'commander';
import { callHub, callHubWithJson, hubAddress } from '../hub-client.ts';

interface ChannelStatus {
  shopId: string;
  nodeId: string;
  epoch: number;
  channel: string;
  acknowledged: number;
  pending: number;
  quarantined: number;
  lastReceivedAt: string | null;
}

interface QuarantinedFact {
  factId: string;
  shopId: string;
  type: string;
  aggregate: string;
  error: { code: string; message: string };
}

export function addSyncCommands(program: Command): void {
  const sync = program.command('sync').description('What shops have sent and what waits');
  const address = () => hubAddress(program.opts(), process.env);
  const print = (value: unknown, text: string) =>
    console.log(program.opts().json ? JSON.stringify(value) : text);

  sync
    .command('status')
    .description('Every shop and channel: received, waiting, in quarantine')
    .action(async () => {
      const { items } = await callHub<{ items: ChannelStatus[] }>(address(), 'GET', '/v1/sync/shops');
      const lines = items.map(
        (item) =>
          `${item.shopId}  epoch ${item.epoch}  ${item.channel.padEnd(10)}  received ${item.acknowledged}  waiting ${item.pending}  quarantined ${item.quarantined}  last ${item.lastReceivedAt ?? 'never'}`,
      );
      print({ items }, lines.length > 0 ? lines.join('\n') : 'No shop has sent anything yet.');
    });

  const quarantine = sync.command('quarantine').description('Facts that could not be applied');
  quarantine
    .command('list')
    .description('What is in quarantine and why')
    .action(async () => {
      const { items } = await callHub<{ items: QuarantinedFact[] }>(address(), 'GET', '/v1/sync/quarantine');
      const lines = items.map(
        (item) =>
          `${item.factId}  ${item.type}  ${item.aggregate}  ${item.error.code}: ${item.error.message}`,
      );
      print({ items }, lines.length > 0 ? lines.join('\n') : 'Quarantine is empty.');
    });
  quarantine
    .command('retry')
    .description('Apply a fact again, after its cause has been mended')
    .argument('<factId>')
    .action(async (factId: string) => {
      await callHub(address(), 'POST', `/v1/sync/quarantine/${encodeURIComponent(factId)}/retry`);
      print({ factId }, `${factId} will be applied again.`);
    });
  quarantine
    .command('write-off')
    .description('Let the facts behind it go on without it; it stays in the journal with the reason')
    .argument('<factId>')
    .requiredOption('--reason <text>')
    .action(async (factId: string, options: { reason: string }) => {
      await callHubWithJson(
        address(),
        'POST',
        `/v1/sync/quarantine/${encodeURIComponent(factId)}/write-off`,
        options,
      );
      print({ factId }, `${factId} is written off.`);
    });
}
