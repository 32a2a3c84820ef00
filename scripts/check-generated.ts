// Exits 1 when proto/src/gen is not what the .proto files give: someone changed one without the other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareFolders } from './compare-folders.ts';
import { runBuf, writeDescriptors } from './run-buf.ts';

const folder = mkdtempSync(join(tmpdir(), 'butik-generated-'));
const exitCode = runBuf('generate', '--output', folder) || writeDescriptors(join(folder, 'src/gen'));
const differing =
  exitCode === 0
    ? compareFolders(join(import.meta.dirname, '../proto/src/gen'), join(folder, 'src/gen'))
    : [];
rmSync(folder, { recursive: true });
for (const path of differing) console.error(`proto/src/gen/${path} is not what the .proto files give`);
if (differing.length > 0) console.error('npm run generate writes proto/src/gen anew.');
process.exit(exitCode || (differing.length > 0 ? 1 : 0));
