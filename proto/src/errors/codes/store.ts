import { defineCodes } from '../define-codes.ts';

export const storeCodes = defineCodes({
  STORE_FULL: {
    kind: 'unavailable',
    title: 'The disk of the shop’s box is full; nothing of this request was kept.',
    remedy: 'Free space on the box, then repeat the request with the same idempotency key.',
  },
  STORE_FAILED: {
    kind: 'unavailable',
    title: 'The shop’s store could not write; nothing of this request was kept.',
    remedy: 'Look at the disk of the box, then repeat the request with the same idempotency key.',
  },
  STORE_NEWER: {
    kind: 'precondition',
    title: 'The store was written by a newer version of Butik.',
    remedy: 'Install that version or a later one; an older one must not open it.',
  },
  STORE_UNSAFE: {
    kind: 'internal',
    title: 'The store would not keep what it acknowledges.',
    remedy: '`details` names the SQLite setting that does not hold; do not sell on this box.',
  },
  NOT_ENROLLED: {
    kind: 'precondition',
    title: 'This box has no identity yet.',
    remedy: 'Run `butik-edge enrol --hub URL --token TOKEN` first.',
  },
  ALREADY_ENROLLED: {
    kind: 'precondition',
    title: 'This box has an identity already.',
    remedy: 'Use another data folder for another shop; to provision this shop again, use an empty one.',
  },
  STORE_LOCKED: {
    kind: 'unavailable',
    title: 'The data folder is in use by another process.',
    remedy: 'Stop the other process, or give this one a data folder of its own.',
  },
  STORE_DAMAGED: {
    kind: 'internal',
    title: 'The store’s file is damaged or not a store of Butik.',
    remedy: 'Do not sell on it: keep the file, restore the latest copy or provision the shop again.',
  },
  STORE_BUSY: {
    kind: 'unavailable',
    title: 'More changes wait for the disk than the box keeps in line; nothing of this request was kept.',
    remedy: 'Repeat the request shortly with the same idempotency key.',
  },
  STORE_FOREIGN: {
    kind: 'precondition',
    title: 'The store was written by another box, or by this one before it was provisioned again.',
    remedy:
      'Put the store’s own `identity.json` back, or enrol in an empty data folder; keep this store for what it has not sent.',
  },
});
