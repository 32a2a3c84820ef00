import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { APPLICATION_IDENTIFIERS, leadingIdentifier } from './gs1-application-identifiers.ts';

describe('the application identifiers', () => {
  it('are recognised at the beginning of data, whatever follows', () => {
    expect(leadingIdentifier('0107311234567890')?.ai).toBe('01');
    expect(leadingIdentifier('23512')?.ai).toBe('235');
    expect(leadingIdentifier('3103000500')?.ai).toBe('3103');
    expect(leadingIdentifier('3106000500')).toBeNull();
    expect(leadingIdentifier('0')).toBeNull();
    expect(leadingIdentifier('')).toBeNull();
  });

  it('are never the beginning of one another, so that there is one way to read each', () => {
    for (const { ai } of APPLICATION_IDENTIFIERS) {
      expect(
        APPLICATION_IDENTIFIERS.filter((other) => other.ai.startsWith(ai)).map((other) => other.ai),
      ).toEqual([ai]);
    }
  });
});

const dataFolder =
  process.env.BUTIK_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const dictionary = `${dataFolder}/gs1/gs1-syntax-dictionary.txt`;
if (!existsSync(dictionary))
  console.info('gs1-syntax-dictionary.txt is not here: the comparison of formats is left out.');

describe.skipIf(!existsSync(dictionary))('beside the GS1 syntax dictionary', () => {
  it('are all there, none besides, each with its characters, lengths, checks and separator', () => {
    const expected = readFileSync(dictionary, 'utf8').split('\n').flatMap(readEntry);
    expect(expected.length).toBeGreaterThan(400);
    const byAi = (a: { ai: string }, b: { ai: string }) => (a.ai < b.ai ? -1 : 1);
    expect([...APPLICATION_IDENTIFIERS].sort(byAi)).toEqual(expected.sort(byAi));
  });
});

const RULES: Record<string, string> = { csum: 'check-digit', yymmd0: 'date', yymmdd: 'day' };

/** An entry reads `AI[-AI] [flags] part[,linter…] … [attribute…] # title`. */
function readEntry(line: string) {
  const entry = /^([0-9]{2,4})(?:-([0-9]{2,4}))?\s+([*?"]*)\s*([^#]*)/.exec(line);
  if (entry === null) return [];
  const [, first = '', last = first, flags = '', rest = ''] = entry;
  const specification = rest
    .split(/\s+/)
    .filter((token) => /^\[?[NXYZ](?:\.\.)?[0-9]+\]?(?:,|$)/.test(token));
  const parts = specification.map((token) => {
    const [, charset, upTo, length, linters = ''] = /([NXYZ])(\.\.)?([0-9]+)\]?(.*)/.exec(token)!;
    const rule = linters.split(',').find((linter) => linter in RULES);
    return {
      charset,
      minLength: upTo === undefined ? Number(length) : 1,
      maxLength: Number(length),
      optional: token.startsWith('['),
      rule: rule === undefined ? null : RULES[rule],
    };
  });
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => ({
    ai: String(Number(first) + index).padStart(first.length, '0'),
    parts,
    predefinedLength: flags.includes('*'),
  }));
}
