import { openEmbeddedDocuments } from '../../kernel/documents/embedded/open-embedded-documents.ts';
import { orderMessagesContract } from './order-messages.contract.ts';

orderMessagesContract('embedded', async () => {
  const documents = await openEmbeddedDocuments({ directory: ':memory:' });
  return { documents, close: () => documents.close() };
});
