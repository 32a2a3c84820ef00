import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Guard } from '../../../kernel/resilience/guard.ts';
import { createGateways } from './registry.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'butik-certificate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const guard: Guard = { run: (call) => call(new AbortController().signal) };

function open(swishCertificateFile: string): void {
  const settings = { swishUrl: 'https://cpc.example', swishPayee: '1231181189', publicUrl: undefined };
  createGateways(
    { ...settings, swishCertificateFile },
    { logger: { error: () => undefined }, guard: () => guard },
  );
}

test('a certificate that is not there, or is none, is refused by the name of its setting', async () => {
  const file = join(folder, 'swish.pem');
  const refusal = (message: string) =>
    expect.objectContaining({
      code: 'REQUEST_INVALID',
      message: `swishCertificateFile (BUTIK_SWISH_CERTIFICATE_FILE): ${file}: ${message}`,
      details: { fields: [{ path: 'swishCertificateFile', message }] },
    });
  expect(() => open(file)).toThrow(refusal('ENOENT'));
  await writeFile(file, 'a secret that is no certificate');
  expect(() => open(file)).toThrow(refusal('holds no certificate and key in PEM'));
});
