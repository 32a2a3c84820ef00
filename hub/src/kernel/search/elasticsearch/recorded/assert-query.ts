import { expect } from 'vitest';

/** Leaves: a field and what is sought in it; `boost` and the like are in the value. */
const LEAVES = new Set(['term', 'terms', 'match', 'prefix', 'fuzzy']);

type Json = Record<string, unknown>;

/** Fails the test on a query that Elasticsearch would refuse with parsing_exception, as far as the adapter's go. */
export function assertQuery(query: unknown, fields: ReadonlySet<string>): void {
  const entries = Object.entries(query as Json);
  expect(entries, 'a query has one kind').toHaveLength(1);
  const [kind, body] = entries[0] as [string, Json];
  if (LEAVES.has(kind)) {
    expect(Object.keys(body), `${kind} has one field`).toHaveLength(1);
    expect([...fields]).toContain(Object.keys(body)[0]);
  } else if (kind === 'constant_score') {
    expect(Object.keys(body).sort()).toEqual(['boost', 'filter']);
    assertQuery(body.filter, fields);
  } else if (kind === 'dis_max') for (const one of body.queries as unknown[]) assertQuery(one, fields);
  else if (kind === 'bool') assertBool(body, fields);
  else expect(kind).toBe('match_none');
}

function assertBool(body: Json, fields: ReadonlySet<string>): void {
  const { minimum_should_match, ...clauses } = body;
  expect(minimum_should_match ?? 1).toBe(1);
  for (const [occurs, queries] of Object.entries(clauses)) {
    expect(['must', 'should', 'filter']).toContain(occurs);
    for (const query of [queries].flat()) assertQuery(query, fields);
  }
}
