/** Limits of a catalogue file. Each is far above what a chain of small shops sells. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;
/** A workbook is compressed: this much holds several hundred thousand rows. */
export const MAX_WORKBOOK_BYTES = 64 * 1024 * 1024;
export const MAX_WORKBOOK_INFLATED_BYTES = 256 * 1024 * 1024;
export const MAX_WORKBOOK_ENTRIES = 1_000;
export const MAX_ROWS = 500_000;
export const MAX_COLUMNS = 200;
export const MAX_ROW_CHARACTERS = 262_144;
/** Bad rows that are told one by one; the rest are counted. */
export const MAX_ERRORS_KEPT = 1_000;
