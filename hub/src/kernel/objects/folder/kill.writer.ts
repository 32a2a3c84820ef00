// The process that open-folder-objects.test.ts kills: puts a content that does not end, and says so when half of it
// was read. Usage: node kill.writer.ts DIRECTORY KEY
import { Readable } from 'node:stream';
import { systemClock } from '../../clock.ts';
import { openFolderObjects } from './open-folder-objects.ts';

const [directory = '', key = ''] = process.argv.slice(2);
const objects = await openFolderObjects({ directory, clock: systemClock });
// Keeps the process alive: nobody answers the promise below.
setInterval(() => undefined, 60_000);

async function* endless() {
  // The stream reads one piece ahead: who asks for a fourth has written the first.
  for (let piece = 0; piece < 3; piece++) yield Buffer.from('half of it');
  process.stdout.write('half\n');
  await new Promise(() => undefined);
}
await objects.put(key, Readable.from(endless(), { highWaterMark: 1 }), {
  contentType: 'text/plain',
  maxBytes: 1_000_000,
});
