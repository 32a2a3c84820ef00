import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { Command } from 'commander';
import type { ImportView } from '../../src/services/product/import/catalogue-import.ts';
import { callHub, type HubAddress, hubAddress } from '../hub-client.ts';

const POLL_MS = 250;

export function addCatalogueCommands(program: Command): void {
  const catalogue = program.command('catalogue').description('What the chain sells');

  catalogue
    .command('import')
    .description('Import products and prices from a CSV or XLSX file')
    .argument('<file>')
    .option('--strict', 'refuse the whole file when a row is bad')
    .action(async (file: string, options: { strict?: boolean }) => {
      const address = hubAddress(program.opts(), process.env);
      const done = await importCatalogue(address, file, options.strict === true, showProgress);
      console.log(program.opts().json ? JSON.stringify(done) : summary(done));
      if (done.status !== 'completed') process.exitCode = 1;
    });
}

/** Uploads the file and follows the import to its end. */
export async function importCatalogue(
  address: HubAddress,
  file: string,
  strict: boolean,
  onProgress: (progress: ImportView) => void,
): Promise<ImportView> {
  const form = new FormData();
  const content = await openAsBlob(file).catch((cause: unknown) => {
    throw new ButikError('REQUEST_INVALID', { message: `The file ${file} cannot be read.`, cause });
  });
  form.append('file', content, basename(file));
  const { importId } = await callHub<{ importId: string }>(
    address,
    'POST',
    `/v1/products/imports?strict=${strict}`,
    form,
  );
  for (;;) {
    const progress = await callHub<ImportView>(address, 'GET', `/v1/products/imports/${importId}`);
    if (progress.status !== 'reading' && progress.status !== 'applying') return progress;
    onProgress(progress);
    await wait(POLL_MS);
  }
}

function showProgress(progress: ImportView): void {
  if (!process.stderr.isTTY) return;
  const applied = progress.created + progress.updated + progress.unchanged;
  process.stderr.write(
    `\r${progress.status}: ${progress.rows} rows read, ${applied} applied, ${progress.rejected} rejected `,
  );
}

function summary(done: ImportView): string {
  const head = `${done.status}: ${done.rows} rows: ${done.created} created, ${done.updated} updated, ${done.unchanged} unchanged, ${done.rejected} rejected`;
  const rows = done.errors.map(
    (error) => `  row ${error.row}: ${error.column ? `${error.column}: ` : ''}${error.reason}`,
  );
  const more =
    done.errorsTotal > done.errors.length ? [`  … and ${done.errorsTotal - done.errors.length} more`] : [];
  const failure = done.failure ? [`${done.failure.code}: ${done.failure.message}`] : [];
  return [head, ...failure, ...rows, ...more].join('\n');
}
