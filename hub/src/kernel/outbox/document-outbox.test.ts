import type { OneSchema } from 'dynamodb-onetable';
import { openEmbeddedDocuments } from '../documents/embedded/open-embedded-documents.ts';
import { documentOutbox } from './document-outbox.ts';
import { outboxModels } from './outbox-models.ts';
import { outboxStoreContract } from './outbox-store.contract.ts';
import { putInOutbox } from './put-in-outbox.ts';

const schema = {
  format: 'onetable:1.1.0',
  version: '1.0.0',
  indexes: { primary: { hash: 'pk', sort: 'sk' } },
  models: outboxModels,
} as const satisfies OneSchema;

outboxStoreContract('documents', async () => {
  const documents = await openEmbeddedDocuments({ directory: ':memory:' });
  const table = await documents.openTable({ name: 'shelf', schema });
  return {
    outbox: documentOutbox(table),
    async write(events, { fail } = { fail: false }) {
      const transaction = {};
      for (const event of events) await putInOutbox(table, event, { transaction });
      if (fail) throw new Error('the change is refused');
      await table.transact('write', transaction);
    },
    close: () => documents.close(),
  };
});
