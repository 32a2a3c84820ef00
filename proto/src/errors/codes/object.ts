import { defineCodes } from '../define-codes.ts';

export const objectCodes = defineCodes({
  OBJECT_NOT_FOUND: {
    kind: 'not-found',
    title: 'There is no file with this key.',
    remedy: 'It may have been deleted; read what points to it again.',
  },
});
