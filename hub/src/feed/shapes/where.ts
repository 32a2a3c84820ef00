import { quoteLiteral } from '../capture/quote.ts';

const MAX_LENGTH = 16_384;

export type CheckedWhere =
  | { ok: true; sql: string }
  | { ok: false; field: 'where' | 'params'; reason: string };

/**
 * Checks a condition that came from outside and puts its parameters `$1`, `$2`… in as literals. It is taken
 * apart into tokens, so that no statement, subquery, comment or unlisted function gets through; whether
 * it makes sense for the table is left to PostgreSQL.
 */
export function checkWhere(where: string, params: Readonly<Record<string, string>>): CheckedWhere {
  if (where.length > MAX_LENGTH) return refused('where', `is longer than ${MAX_LENGTH} characters`);
  let sql = '';
  let depth = 0;
  let rest = where;
  while (rest !== '') {
    const token = TOKEN.exec(rest)?.groups;
    const text = token ? Object.values(token).find((part) => part !== undefined) : undefined;
    if (!token || text === undefined)
      return refused('where', `has something unexpected at position ${where.length - rest.length}`);
    rest = rest.slice(text.length);
    if (token.word !== undefined) {
      const reason = refusedWord(text.toLowerCase(), rest);
      if (reason) return refused('where', reason);
    }
    if (token.name !== undefined && /^\s*\(/.test(rest)) return refused('where', `may not call ${text}()`);
    if (text === '(') depth++;
    if (text === ')' && --depth < 0) return refused('where', 'closes a parenthesis that is not open');
    if (token.param !== undefined) {
      const value = params[text.slice(1)];
      if (value === undefined) return refused('params', `has no value for ${text}`);
      if (value.includes('\0')) return refused('params', `has a null character in ${text}`);
      sql += quoteLiteral(value);
    } else {
      sql += text;
    }
  }
  if (depth > 0) return refused('where', 'leaves a parenthesis open');
  if (sql.trim() === '') return refused('where', 'is empty');
  return { ok: true, sql };
}

/** A word followed by a string without a space would be a string of another kind, such as `E'…'`. */
function refusedWord(word: string, rest: string): string | null {
  if (rest.startsWith("'")) return `has a string of the kind ${word}'…'`;
  if (STATEMENT_WORDS.has(word)) return `may not contain ${word.toUpperCase()}`;
  if (/^\s*\(/.test(rest) && !BEFORE_PARENTHESIS.has(word)) return `may not call ${word}()`;
  return null;
}

function refused(field: 'where' | 'params', reason: string): CheckedWhere {
  return { ok: false, field, reason };
}

const TOKEN =
  /^(?:(?<space>\s+)|(?<string>'(?:[^'\\\0]|'')*')|(?<name>"(?:[^"\0]|"")+")|(?<param>\$\d{1,4}(?!\w))|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w$]))|(?<word>[A-Za-z_][\w$]*)|(?<operator>(?!--|\/\*)[-+*/<>=~!@#%^&|?:.,()[\]]))/;

/** What belongs to a statement, and what is another value at another time or for another role. */
const STATEMENT_WORDS = new Set(
  [
    'select union intersect except values insert update delete merge into exists returning with window over copy call',
    'current_date current_time current_timestamp localtime localtimestamp',
    'current_user session_user user current_role current_catalog current_schema',
  ].flatMap((line) => line.split(' ')),
);

/** Keywords, type names and pure functions: what may stand before a parenthesis. */
const BEFORE_PARENTHESIS = new Set(
  [
    'and or not in any all some is distinct from like ilike similar between case when then else array row',
    'numeric decimal varchar char bpchar bit timestamp timestamptz time timetz interval float',
    'lower upper length char_length octet_length btrim ltrim rtrim trim replace substring substr strpos position',
    'left right starts_with concat split_part coalesce nullif greatest least abs ceil floor round trunc mod sign',
    'cardinality array_length array_position jsonb_typeof jsonb_array_length jsonb_extract_path_text',
    'date_part extract',
  ].flatMap((line) => line.split(' ')),
);
