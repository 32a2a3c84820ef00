import { z } from 'zod';
import type { ProductContext } from '../product-context.ts';

const rowErrorSchema = z.object({
  row: z.int(),
  column: z.string().optional(),
  code: z.string().optional(),
  reason: z.string(),
});

/** How far an import has come. */
export const importViewSchema = z.object({
  importId: z.uuid(),
  /** `reading` checks the whole file, `applying` writes; the other three are ends. */
  status: z.enum(['reading', 'applying', 'completed', 'refused', 'failed']),
  fileName: z.string(),
  strict: z.boolean(),
  rows: z.int(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.int(),
  /** Why it was refused or failed: a code, what happened and the remedy's details. */
  failure: z
    .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })
    .nullable(),
  /** The first thousand bad rows; `errorsTotal` counts them all. */
  errors: z.array(rowErrorSchema),
  errorsTotal: z.int(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type ImportView = z.output<typeof importViewSchema>;

export type StoredImport = NonNullable<Awaited<ReturnType<typeof findImport>>>;

export async function findImport({ table }: ProductContext, importId: string) {
  return await table.getModel('Import').get({ importId }, { consistent: true });
}

export function toImportView(item: StoredImport, errors: ImportView['errors']): ImportView {
  const { importId, status, fileName, strict, rows, created, updated, unchanged, rejected } = item;
  return {
    importId,
    status,
    fileName,
    strict,
    rows,
    created,
    updated,
    unchanged,
    rejected,
    failure: item.failure ? (item.failure as NonNullable<ImportView['failure']>) : null,
    errors,
    errorsTotal: rejected,
    startedAt: new Date(item.startedAt).toISOString(),
    finishedAt: item.finishedAt === undefined ? null : new Date(item.finishedAt).toISOString(),
  };
}
