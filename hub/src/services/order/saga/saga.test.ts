import { openEmbeddedDocuments } from '../../../kernel/documents/embedded/open-embedded-documents.ts';
import { sagaContract } from './saga.contract.ts';

sagaContract('embedded documents', () => openEmbeddedDocuments({ directory: ':memory:' }));
