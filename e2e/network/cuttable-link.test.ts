import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openLink } from './cuttable-link.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function echoingHub(): Promise<number> {
  const server = createHttpServer((_request, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

test('a cut line answers nothing, a healed one answers again', async () => {
  const link = await openLink({ host: '127.0.0.1', port: await echoingHub() });
  closers.push(link.close);
  const ask = async () => (await fetch(link.url)).text();
  expect(await ask()).toBe('here');
  link.cut();
  await expect(ask()).rejects.toThrow('fetch failed');
  link.heal();
  expect(await ask()).toBe('here');
});

test('a cut breaks the request that is under way', async () => {
  const held = createServer((socket) => socket.on('error', () => socket.destroy()));
  await new Promise<void>((resolve) => held.listen(0, '127.0.0.1', resolve));
  const link = await openLink({ host: '127.0.0.1', port: (held.address() as AddressInfo).port });
  closers.push(link.close, () => new Promise((resolve) => held.close(() => resolve())));
  const arrived = new Promise((resolve) => held.once('connection', resolve));
  const answer = fetch(link.url);
  await arrived;
  link.cut();
  await expect(answer).rejects.toThrow('fetch failed');
});
