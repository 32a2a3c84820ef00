import { openEmbeddedDocuments } from '../../kernel/documents/embedded/open-embedded-documents.ts';
import { reservationsContract } from './reservations.contract.ts';

reservationsContract('embedded', async () => {
  const documents = await openEmbeddedDocuments({ directory: ':memory:' });
  return { documents, close: () => documents.close() };
});
