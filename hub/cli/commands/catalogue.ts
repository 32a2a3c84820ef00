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
    .option('--country <code>', 'whose VAT rates a percentage in the file means (ISO 3166-1)', 'SE')
    .option('--currency <code>', 'of prices whose row names none (ISO 4217)', 'SEK')
    .option('--vat <category>', 'of new products whose row names none', 'standard')
    .action(async (file: string, options: ImportOptions) => {
      const address = hubAddress(program.opts(), process.env);
      const done = await importCatalogue(address, file, options, showProgress);
      console.log(program.opts().json ? JSON.stringify(done) : summary(done));
      if (done.status !== 'completed') process.exitCode = 1;
    });
}

/** What rows mean that do not say it; the hub has a default for each. */
export interface ImportOptions {
  strict?: boolean;
  country?: string;
  currency?: string;
  vat?: string;
}

/** Uploads the file and follows the import to its end. */
export async function importCatalogue(
  address: HubAddress,
  file: string,
  options: ImportOptions,
  onProgress: (progress: ImportView) => void,
): Promise<ImportView> {
  const form = new FormData();
  form.append('file', await openFile(file), basename(file));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) query.set(name, String(value));
  const { importId } = await callHub<{ importId: string }>(
    address,
    'POST',
    `/v1/products/imports?${query}`,
    form,
  );
  for (;;) {
    const progress = await callHub<ImportView>(address, 'GET', `/v1/products/imports/${importId}`);
    if (progress.status !== 'reading' && progress.status !== 'applying') return progress;
    onProgress(progress);
    await wait(POLL_MS);
  }
}

async function openFile(file: string): Promise<Blob> {
  try {
    return await openAsBlob(file); // Throws at once when there is no such file, and does not reject.
  } catch (cause) {
    throw new ButikError('REQUEST_INVALID', { message: `The file ${file} cannot be read.`, cause });
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
