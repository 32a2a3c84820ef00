import type { Command } from 'commander';
import type { Reoffered } from '../../src/intake/reoffers.ts';
import type { ChannelLag } from '../../src/intake/shop-lag.ts';
import type { TracedFact } from '../../src/intake/trace-fact.ts';
import { callHub, callHubWithJson, hubAddress } from '../hub-client.ts';
import { addDeadLetterCommands } from './dead-letters.ts';
import { addQuarantineCommands } from './quarantine.ts';

export function addSyncCommands(program: Command): void {
  const sync = program.command('sync').description('What shops have sent and what waits');
  const address = () => hubAddress(program.opts(), process.env);
  const print = (value: unknown, lines: string[]) =>
    console.log(program.opts().json ? JSON.stringify(value) : lines.join('\n'));

  sync
    .command('status')
    .description('Every shop and channel: received, waiting, in quarantine, how late, and its clock')
    .action(async () => {
      const answer = await callHub<{ items: ChannelLag[] }>(address(), 'GET', '/v1/sync/shops');
      const lines = answer.items.map(statusLine);
      print(answer, lines.length > 0 ? lines : ['No shop has sent anything yet.']);
    });
  sync
    .command('trace')
    .description('One fact’s whole way, from the shop to the service that takes it')
    .argument('<factId>')
    .action(async (factId: string) => {
      const path = `/v1/sync/facts/${encodeURIComponent(factId)}`;
      const fact = await callHub<TracedFact>(address(), 'GET', path);
      print(fact, traceLines(fact));
    });
  sync
    .command('reoffer')
    .description('Have a shop’s box send a range of facts again, such as after a restore')
    .argument('<shopId>')
    .requiredOption('--channel <name>', 'payments, orders, stock, operations or telemetry')
    .requiredOption('--from <number>', 'the first number', Number)
    .requiredOption('--to <number>', 'the last number', Number)
    .action(async (shopId: string, range: { channel: string; from: number; to: number }) => {
      const path = `/v1/sync/shops/${encodeURIComponent(shopId)}/reoffer`;
      const asked = await callHubWithJson<Reoffered>(address(), 'POST', path, range);
      print(asked, [
        `${asked.reofferId}  ${asked.channel} ${asked.from} to ${asked.to} will be asked for when the box is next heard of.`,
      ]);
    });
  addQuarantineCommands(program, sync);
  addDeadLetterCommands(program, sync);
}

function statusLine(item: ChannelLag): string {
  const since = item.oldestPendingAt === null ? '' : ` since ${item.oldestPendingAt}`;
  const lag = item.lagMs === null ? '-' : `${Math.round(item.lagMs / 1000)} s`;
  const skew = item.clockSkewMs ?? item.clockAheadMs;
  return [
    item.shopId,
    `epoch ${item.epoch}`,
    item.channel.padEnd(10),
    `received ${item.acknowledged}`,
    `waiting ${item.pending}${since}`,
    `quarantined ${item.quarantined}`,
    `last ${item.lastReceivedAt ?? 'never'}`,
    `lag ${lag}`,
    `bytes ${item.bytes}`,
    `seen ${item.lastSeenAt ?? 'never'}`,
    ...(item.gone > 0 ? [`${item.gone} GONE FROM THE BOX`] : []),
    ...(item.reoffers > 0 ? [`asked again ${item.reoffers}`] : []),
    ...(item.clockAlarm
      ? [`CLOCK ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'AHEAD' : 'LATE'}`]
      : []),
  ].join('  ');
}

function traceLines(fact: TracedFact): string[] {
  const { made, error } = fact;
  return [
    `${fact.factId}  ${fact.type} ${fact.version}  ${fact.aggregate}`,
    `made      in shop ${made.shopId} by box ${made.nodeId} epoch ${made.epoch}, ${made.channel} ${made.seq}, clock ${made.hlc}`,
    `received  ${fact.receivedAt}`,
    `${fact.state.padEnd(11)} by ${fact.service ?? 'nobody: the type is not known here'}${fact.failedAttempts > 0 ? `, ${fact.failedAttempts} attempts failed` : ''}`,
    ...(error ? [`  ${error.code}: ${error.message}`] : []),
    ...(fact.retryAt ? [`  tried again at ${fact.retryAt}`] : []),
    ...fact.actions.map(
      ({ action, by, at, reason }) => `  ${action} by ${by} at ${at}${reason === null ? '' : `: ${reason}`}`,
    ),
    ...(fact.traceId ? [`trace     ${fact.traceId}`] : []),
  ];
}
