import { PGlite } from '@electric-sql/pglite';
import { expect, test } from 'vitest';
import { emptyCluster } from './empty-cluster.ts';
import { keepHouse } from './housekeeping.ts';

test('a table full of dead rows is vacuumed, and a checkpoint follows enough log', {
  timeout: 60_000,
}, async () => {
  const pg = await PGlite.create({ loadDataDir: await emptyCluster() });
  await pg.exec('CREATE TABLE shelf (n integer); INSERT INTO shelf SELECT generate_series(1, 500)');
  await pg.exec('DELETE FROM shelf WHERE n > 100');
  const redo = async () => (await pg.query('SELECT redo_lsn::text FROM pg_control_checkpoint()')).rows[0];
  const before = await redo();
  await keepHouse(pg, { checkpointWalBytes: 1_000_000_000, vacuumDeadRows: 100_000 });
  expect(await redo()).toEqual(before);
  await keepHouse(pg, { checkpointWalBytes: 1000, vacuumDeadRows: 100 });
  expect(await redo()).not.toEqual(before);
  const dead = async () => {
    // PostgreSQL may hold its counts back for one round; the next one sees them.
    await keepHouse(pg, { checkpointWalBytes: 1_000_000_000, vacuumDeadRows: 100 });
    const { rows } = await pg.query<{ dead: number; vacuums: number }>(`SELECT n_dead_tup::integer AS dead,
      vacuum_count::integer AS vacuums FROM pg_stat_user_tables WHERE relname = 'shelf'`);
    return rows[0];
  };
  await expect.poll(dead, { interval: 1, timeout: 20_000 }).toEqual({ dead: 0, vacuums: 1 });
  await pg.close();
});
