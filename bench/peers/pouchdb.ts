import { createRequire } from 'node:module';
import { join } from 'node:path';

/** As much of PouchDB as is used here; it is not there when types are checked. */
export interface PouchdbClass {
  new (nameOrUrl: string): PouchdbDatabase;
  defaults(options: { prefix: string }): PouchdbClass;
}

interface PouchdbDatabase {
  bulkDocs(documents: object[]): Promise<{ ok?: boolean }[]>;
  info(): Promise<{ doc_count: number }>;
  replicate: Record<
    'from' | 'to',
    (other: PouchdbDatabase, options: object) => Promise<{ docs_written: number }>
  >;
  close(): Promise<void>;
}

const WRITTEN_AT_ONCE = 1_000;

export function requirePeer<Module>(installed: string, name: string): Module {
  return createRequire(join(installed, 'package.json'))(name) as Module;
}

/** Writes documents in large batches: preparing is not what is measured. */
export async function fill(database: PouchdbDatabase, documents: Iterable<object>): Promise<void> {
  let batch: object[] = [];
  const write = async () => {
    const answers = await database.bulkDocs(batch);
    if (!answers.every(({ ok }) => ok)) throw new Error('PouchDB refused a document');
    batch = [];
  };
  for (const document of documents) {
    batch.push(document);
    if (batch.length === WRITTEN_AT_ONCE) await write();
  }
  if (batch.length > 0) await write();
}
