import type { Command } from 'commander';
import type { QuarantineAction, Quarantined } from '../../src/intake/quarantine.ts';
import { callHub, callHubWithJson, hubAddress } from '../hub-client.ts';
import { listAll } from '../list-all.ts';

const PATH = '/v1/sync/quarantine';

/** `butik sync quarantine …` */
export function addQuarantineCommands(program: Command, sync: Command): void {
  const quarantine = sync.command('quarantine').description('Facts that could not be applied');
  const address = () => hubAddress(program.opts(), process.env);
  const print = (value: unknown, text: string) =>
    console.log(program.opts().json ? JSON.stringify(value) : text);

  quarantine
    .command('list')
    .description('What is in quarantine and why')
    .action(async () => {
      const items = await listAll<Quarantined>(address(), PATH);
      print({ items }, items.length > 0 ? items.flatMap(lines).join('\n') : 'Quarantine is empty.');
    });
  quarantine
    .command('history')
    .description('Who retried or wrote off which fact, the latest first')
    .action(async () => {
      const items = await listAll<QuarantineAction>(address(), `${PATH}/history`);
      const text = items.map((item) => `${item.factId}  ${item.type}  ${item.aggregate}  ${told(item)}`);
      print({ items }, text.length > 0 ? text.join('\n') : 'Nothing was retried or written off yet.');
    });
  quarantine
    .command('retry')
    .description('Apply a fact again, after its cause has been mended')
    .argument('<factId>')
    .action(async (factId: string) => {
      await callHub(address(), 'POST', `${PATH}/${encodeURIComponent(factId)}/retry`);
      print({ factId }, `${factId} will be applied again.`);
    });
  quarantine
    .command('write-off')
    .description('Let the facts behind it go on without it; it stays in the journal with the reason')
    .argument('<factId>')
    .requiredOption('--reason <text>')
    .action(async (factId: string, options: { reason: string }) => {
      await callHubWithJson(address(), 'POST', `${PATH}/${encodeURIComponent(factId)}/write-off`, options);
      print({ factId }, `${factId} is written off.`);
    });
}

function lines({
  factId,
  shopId,
  type,
  version,
  aggregate,
  waiting,
  reason,
  history,
}: Quarantined): string[] {
  return [
    `${factId}  shop ${shopId}  ${type} ${version}  ${aggregate}  ${reason.code}: ${reason.message}  (${waiting} wait behind it)`,
    ...history.map((action) => `  ${told(action)}`),
  ];
}

function told({ action, by, at, reason }: Quarantined['history'][number]): string {
  return `${action} by ${by} at ${at}${reason === null ? '' : `: ${reason}`}`;
}
