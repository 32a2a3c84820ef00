import { test } from 'vitest';
import { TEST_POSTGRES } from './test-database.ts';

/** For an engine test whose stories are another file's: loads that file, or says why it is left out. */
export async function onPostgres(loadStories: () => Promise<unknown>): Promise<void> {
  if (TEST_POSTGRES !== undefined) await loadStories();
  else test.skip('left out: BUTIK_TEST_POSTGRES has no address of a PostgreSQL');
}
