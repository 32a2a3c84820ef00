import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';

/** The names and codes of the active products, in order of name. */
export interface SearchIndex {
  ids: string[];
  codes: string[];
  /** Lower case. */
  names: string[];
  /** Lower case without diacritics; the very same string where the name has none. */
  plainNames: string[];
}

const ROWS_PER_TURN = 500;

interface Row {
  rowid: number;
  id: string;
  code: string;
  name: string;
}

/**
 * The index as of the replica's last change of products. It is held in memory, because a full-text index
 * kept up by triggers makes the first load of a large catalogue seven times slower, while scanning 100,000
 * names takes a few milliseconds. Read anew in slices, so that sales go on in between.
 */
export function createSearchIndex(db: Database): () => Promise<SearchIndex> {
  const standing = db
    .prepare<[], string>(
      `SELECT handle || '/' || offset FROM replica_positions WHERE collection = 'products'`,
    )
    .pluck();
  const slice = db.prepare<[string, string, number, number], Row>(
    `SELECT rowid, id, code, name FROM products INDEXED BY products_by_name
     WHERE active = 1 AND name COLLATE NOCASE >= ? AND (name COLLATE NOCASE > ? OR rowid > ?)
     ORDER BY name COLLATE NOCASE, rowid LIMIT ?`,
  );
  let current: { version: string | undefined; index: Promise<SearchIndex> } | undefined;

  return async () => {
    const version = standing.get();
    if (current === undefined || current.version !== version) {
      current = { version, index: readIndex(slice) };
      current.index.catch(() => {
        current = undefined;
      });
    }
    return current.index;
  };

  async function readIndex(rows: typeof slice): Promise<SearchIndex> {
    const index: SearchIndex = { ids: [], codes: [], names: [], plainNames: [] };
    let last: Pick<Row, 'name' | 'rowid'> = { name: '', rowid: 0 };
    for (;;) {
      const found = rows.all(last.name, last.name, last.rowid, ROWS_PER_TURN);
      for (const row of found) add(index, row);
      if (found.length < ROWS_PER_TURN) return index;
      last = found.at(-1)!;
      await nextTurn();
    }
  }
}

function add(index: SearchIndex, { id, code, name }: Row): void {
  const lower = name.toLowerCase();
  const plain = withoutDiacritics(lower);
  index.ids.push(id);
  index.codes.push(code.toLowerCase());
  index.names.push(lower);
  index.plainNames.push(plain === lower ? lower : plain);
}

/** `å` and `ä` become `a`, `ö` and `ø` become `o`: how a name is typed in a hurry or on a foreign keyboard. */
export function withoutDiacritics(text: string): string {
  if (/^[\u0020-\u007e]*$/.test(text)) return text;
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('ø', 'o').replaceAll('æ', 'ae');
}
