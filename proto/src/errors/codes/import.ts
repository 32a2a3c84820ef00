import { defineCodes } from '../define-codes.ts';

export const importCodes = defineCodes({
  IMPORT_NOT_FOUND: {
    kind: 'not-found',
    title: 'No import has this id.',
    remedy: 'List the imports to find it.',
  },
  IMPORT_FILE_NOT_WHAT_IT_SAYS: {
    kind: 'invalid',
    title: 'The content of the file is not what its name says.',
    remedy: 'Save it again as CSV (UTF-8) or XLSX; `details.found` says what it looks like.',
  },
  IMPORT_FILE_MALFORMED: {
    kind: 'invalid',
    title: 'The file cannot be read to its end.',
    remedy:
      'Open it in the program that made it and save it again; `details.row` says where reading stopped.',
  },
  IMPORT_COLUMNS_MISSING: {
    kind: 'invalid',
    title: 'The file lacks a column that the import needs.',
    remedy: 'Add the columns named in `details.missing` to the first row.',
  },
  IMPORT_REFUSED: {
    kind: 'precondition',
    title: 'The file has bad rows and the import is strict, so nothing was changed.',
    remedy: 'Correct the rows in `details.errors`, or import without --strict to leave them out.',
  },
});
