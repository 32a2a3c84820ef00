import { hash } from 'node:crypto';
import type { Sha256 } from '@butik/sync/hash-chain';

/** The edge's SHA-256, as hex: of facts for `@butik/sync`, and of receipts for their journal. */
export const sha256: Sha256 = (text) => hash('sha256', text, 'hex');
