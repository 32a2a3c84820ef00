import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findImportViolations } from './import-rules.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

describe('the rooms of the house import in one direction', () => {
  test('no file of the repository breaks a rule', () => {
    const files = globSync(
      '{proto,domain,sync,edge,hub,firmware-bridge,e2e,bench,scripts,ops}/**/*.{ts,tsx}',
      {
        cwd: root,
        exclude: (name) => name === 'node_modules' || name === 'dist',
      },
    ).map((path) => ({
      path: relative(root, join(root, path)).split(sep).join('/'),
      text: readFileSync(join(root, path), 'utf8'),
    }));
    expect(files.length).toBeGreaterThan(50);
    const paths = files.map((file) => file.path);
    expect(paths).toEqual(expect.arrayContaining(['edge/till/src/main.tsx', 'scripts/start.ts']));
    expect(findImportViolations(files)).toEqual([]);
  });

  test.each([
    ['edge/src/a.ts', "import { x } from '../../hub/src/hub.ts';", 'edge may not import from hub'],
    ['hub/src/a.ts', "import type { x } from '@butik/edge/store/store';", 'hub may not import from edge'],
    ['proto/src/a.ts', "import { x } from '@butik/domain/money/money';", 'proto may not import from domain'],
    ['domain/src/a.ts', "export { x } from '@butik/sync/hlc';", 'domain may not import from sync'],
    [
      'firmware-bridge/src/a.ts',
      "import '@butik/domain/codes/gtin';",
      'firmware-bridge may not import from domain',
    ],
    ['edge/src/a.ts', "const x = await import('@butik/hub/hub');", 'edge may not import from hub'],
    ['domain/src/a.ts', "import { readFile } from 'node:fs';", 'domain imports the Node module node:fs'],
    ['sync/src/a.ts', 'const at = Date.now();', 'takes time, chance or the process from a global'],
    [
      'hub/src/services/order/a.ts',
      "import { reserve } from '../inventory/reserve.ts';",
      'the service order may not import from the service inventory',
    ],
    [
      'hub/src/services/order/a.ts',
      "import {\n  type A,\n  b,\n} from '../inventory/reserve.ts';",
      'the service order may not import from the service inventory',
    ],
    [
      'hub/src/kernel/bus/a.ts',
      "import { order } from '../../services/order/order.ts';",
      'the kernel may not import from services',
    ],
    [
      'hub/src/kernel/a.ts',
      "import { apply } from '../intake/apply.ts';",
      'the kernel may not import from intake',
    ],
    [
      'hub/src/kernel/a.ts',
      "import { project } from '../feed/project.ts';",
      'the kernel may not import from feed',
    ],
    ['edge/till/src/a.tsx', "import { x } from '@butik/hub/hub';", 'edge may not import from hub'],
    ['cellar/src/a.ts', 'export const x = 1;', '"cellar" is not a room of the house'],
  ])('%s with %s is refused', (path, text, reason) => {
    expect(findImportViolations([{ path, text }])).toEqual([expect.stringContaining(reason)]);
  });

  test('what the design allows passes', () => {
    const allowed = [
      { path: 'edge/src/a.ts', text: "import { x } from '@butik/sync/hlc';\nimport fs from 'node:fs';" },
      { path: 'sync/src/hlc.test.ts', text: "import { createHash } from 'node:crypto';" },
      {
        path: 'hub/src/services/order/a.ts',
        text: "import { putInOutbox } from '../../kernel/outbox/put-in-outbox.ts';",
      },
    ];
    expect(findImportViolations(allowed)).toEqual([]);
  });
});
