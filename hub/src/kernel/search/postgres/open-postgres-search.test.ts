import { openTestSql } from '../../sql/testing/test-database.ts';
import { searchContract } from '../search.contract.ts';
import { openPostgresSearch } from './open-postgres-search.ts';

searchContract('in the relational store', async () => {
  const sql = await openTestSql();
  return {
    search: await openPostgresSearch({ sql }),
    openAnother: () => openPostgresSearch({ sql }),
    drop: () => sql.close(),
  };
});
