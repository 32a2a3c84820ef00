import { sql as template } from 'drizzle-orm';
import { migrate } from '../sql/migrate.ts';
import { openTestSql } from '../sql/testing/test-database.ts';
import { outboxStoreContract } from './outbox-store.contract.ts';
import { putInSqlOutbox, sqlOutbox, sqlOutboxMigration } from './sql-outbox.ts';

outboxStoreContract('sql', async () => {
  const sql = await openTestSql();
  await sql.rows(template`CREATE SCHEMA shelf`);
  await migrate(sql, 'shelf', [sqlOutboxMigration('shelf')]);
  return {
    outbox: sqlOutbox(sql, 'shelf'),
    write: (events, { fail } = { fail: false }) =>
      sql.transaction(async (tx) => {
        for (const event of events) await putInSqlOutbox(tx, 'shelf', event);
        if (fail) throw new Error('the change is refused');
      }),
    close: () => sql.close(),
  };
});
