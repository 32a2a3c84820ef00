import { defineCodes } from '../define-codes.ts';

export const syncCodes = defineCodes({
  NODE_TOKEN_INVALID: {
    kind: 'unauthenticated',
    title: 'The request is not signed by an enrolled box.',
    remedy: 'Sign it with the key that was enrolled; enrol again if the key is lost.',
  },
  NODE_TOKEN_STALE: {
    kind: 'unauthenticated',
    title: 'The signature’s time is too far from the hub’s.',
    remedy: 'Sign again with the hub’s time in `details.hubTimeMs`; mend the box’s clock.',
  },
  NODE_FENCED: {
    kind: 'denied',
    title: 'This box has been replaced, revoked or fenced and may not sync.',
    remedy: 'Provision the shop again; facts that were not sent are kept on the box.',
  },
  NODE_FORKED: {
    kind: 'denied',
    title: 'The box sent two different facts under one number, so it is fenced.',
    remedy: 'An old disk was restored or copied: provision the shop again and keep the disk for evidence.',
  },
  BATCH_MALFORMED: {
    kind: 'invalid',
    title: 'The batch is not one that this hub can read.',
    remedy:
      'Send JSON, compressed with gzip or zstd, as SPEC.md describes it; `details.reason` says what is wrong.',
  },
  BATCH_SIGNATURE_MISMATCH: {
    kind: 'unauthenticated',
    title: 'The body is not the one that was signed.',
    remedy: 'Sign the bytes that are sent.',
  },
  FACT_FOREIGN: {
    kind: 'denied',
    title: 'The batch holds facts of another box or epoch.',
    remedy: 'A box sends its own facts only.',
  },
  FACT_HASH_MISMATCH: {
    kind: 'invalid',
    title: 'A fact does not have the hash that it states.',
    remedy: 'Send it again as it was written; if it persists, the box’s disk is damaged.',
  },
  FACT_SEQUENCE_GAP: {
    kind: 'conflict',
    title: 'The batch begins after facts that the hub does not have.',
    remedy: 'Send from `details.expected` on.',
  },
  HUB_BUSY: {
    kind: 'unavailable',
    title: 'The hub has too much to do to take this channel now.',
    remedy:
      'The box sends it again after `retry-after`; if it lasts, see the load in `details` and the hub’s metrics.',
  },
  FACT_NOT_FOUND: {
    kind: 'not-found',
    title: 'The hub holds no fact with this id.',
    remedy: 'Look on the shop’s box whether it has been sent.',
  },
  REOFFER_NOT_POSSIBLE: {
    kind: 'precondition',
    title: 'No box of this shop can be asked for these facts.',
    remedy: 'See `details.reason`; name an epoch’s facts that the shop’s present box wrote.',
  },
  FACT_TYPE_UNKNOWN: {
    kind: 'precondition',
    title: 'This hub does not know this type or version of fact.',
    remedy: 'Update the hub, then retry the fact from quarantine.',
  },
  FACT_PAYLOAD_INVALID: {
    kind: 'invalid',
    title: 'The fact does not have the form that its type asks for.',
    remedy: 'See `details.fields`; write it off or retry it after an update.',
  },
  QUARANTINE_NOT_FOUND: {
    kind: 'not-found',
    title: 'No fact with this id is in quarantine.',
    remedy: 'List the quarantine to find it.',
  },
  SHAPE_DENIED: {
    kind: 'denied',
    title: 'This box may not follow that collection or scope.',
    remedy: 'Ask for a collection by its name alone; the hub sets the scope.',
  },
  DEAD_LETTER_NOT_FOUND: {
    kind: 'not-found',
    title: 'No dead letter has this id.',
    remedy: 'List the dead letters to find it; one that was delivered again is gone.',
  },
});
