import { sql as template } from 'drizzle-orm';
import { pino } from 'pino';
import { systemClock } from '../../clock.ts';
import type { Sql } from '../../sql/sql.ts';
import type { JobsUnderTest } from '../jobs.contract.ts';
import type { Jobs } from '../jobs.ts';
import { mortalSql } from './mortal-sql.ts';
import { openSqlJobs, type SqlJobsOptions } from './open-sql-jobs.ts';

/** `storeOfProcess` gives each process its store; all of them are one database, and closed by the caller. */
export async function sqlJobsUnderTest(storeOfProcess: () => Promise<Sql>): Promise<JobsUnderTest> {
  const opened: Jobs[] = [];
  const first = await storeOfProcess();

  async function open(sql: Sql, options: Partial<SqlJobsOptions> = {}): Promise<Jobs> {
    const logger = pino({ level: process.env.BUTIK_LOG_LEVEL ?? 'silent' });
    const given = { clock: systemClock, logger, pollMs: 50, marginMs: 50, ...options };
    const jobs = await openSqlJobs({ sql, ...given });
    opened.push(jobs);
    return jobs;
  }

  return {
    open: async (options) => open(opened.length === 0 ? first : await storeOfProcess(), options),
    async openMortal() {
      const { sql, die } = mortalSql(await storeOfProcess());
      return { jobs: await open(sql), die };
    },
    async drop() {
      await Promise.all(opened.map((jobs) => jobs.close()));
      await first.rows(template`TRUNCATE jobs.job, jobs.schedule`);
    },
  };
}
