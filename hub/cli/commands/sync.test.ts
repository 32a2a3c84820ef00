import { ButikError } from '@butik/proto/errors/butik-error';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { enrolBox, hlcAt, type TestBox } from '../../src/intake/testing/test-box.ts';
import { HUB_TIME_MS, openTestHub, SHOP_ID, type TestHub } from '../../src/intake/testing/test-hub.ts';
import { addSyncCommands } from './sync.ts';

let hub: TestHub;
let box: TestBox;
beforeAll(async () => {
  hub = await openTestHub();
  box = enrolBox(hub);
  vi.stubEnv('BUTIK_HUB_URL', hub.url);
  vi.stubEnv('BUTIK_OPERATOR_TOKEN', 'not-asked-for-here');
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await hub.close();
});

/** What the command prints. */
async function butik(...args: string[]): Promise<string> {
  const print = vi.spyOn(console, 'log').mockReturnValue();
  const program = new Command('butik').option('--json');
  addSyncCommands(program);
  await program.parseAsync(['sync', ...args], { from: 'user' });
  const text = print.mock.calls.flat().join('\n');
  print.mockRestore();
  return text;
}

test('[O1] status shows how late a shop is, what waits since when, and a clock that is wrong', async () => {
  expect(await butik('status')).toBe('No shop has sent anything yet.');
  hub.onSale.call = () => {
    throw new ButikError('SERVICE_UNAVAILABLE');
  };
  const clock = { 'butik-clock-ms': String(HUB_TIME_MS - 600_000) };
  await box.push(box.makeFacts(2, { hlc: hlcAt(HUB_TIME_MS - 90_000) }), {}, clock);
  const line = await butik('status');
  expect(line).toContain(
    `${SHOP_ID}  epoch 1  orders      received 2  waiting 2 since 2026-03-01T12:00:00.000Z`,
  );
  expect(line).toMatch(/lag 90 s {2}bytes \d+ {2}seen 2026-03-01T12:00:00.000Z {2}CLOCK 600 s LATE$/);
});

test('[O2] trace tells a fact’s way', async () => {
  hub.onSale.call = () => {
    throw new ButikError('FACT_PAYLOAD_INVALID');
  };
  const [fact] = enrolBox(hub).makeFacts(1);
  const other = enrolBox(hub);
  const [sent] = other.makeFacts(1);
  await other.push([sent]);
  await vi.waitFor(async () => expect(await butik('trace', sent!.id)).toContain('quarantined by order'));
  expect((await butik('trace', sent!.id)).split('\n')).toEqual([
    `${sent!.id}  sale.recorded 1  ${sent!.aggregate}`,
    `made      in shop ${SHOP_ID} by box ${other.nodeId} epoch 1, orders 1, clock ${sent!.hlc}`,
    'received  2026-03-01T12:00:00.000Z',
    'quarantined by order, 1 attempts failed',
    expect.stringMatching(/^ {2}FACT_PAYLOAD_INVALID: /),
  ]);
  await expect(butik('trace', fact!.id)).rejects.toMatchObject({ code: 'FACT_NOT_FOUND' });
});

test('[U23] reoffer has a box asked for a range again', async () => {
  const told = await butik('reoffer', SHOP_ID, '--channel', 'orders', '--from', '1', '--to', '2');
  expect(told).toMatch(/^[0-9a-f-]{36} {2}orders 1 to 2 will be asked for when the box is next heard of\.$/);
});
