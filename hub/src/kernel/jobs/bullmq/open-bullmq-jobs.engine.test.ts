import { Redis } from 'ioredis';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type CuttableLink, openCuttableLink } from '../../../testing/cuttable-link.ts';
import { type JobsUnderTest, jobsContract } from '../jobs.contract.ts';
import { defineJob, type Jobs } from '../jobs.ts';
import { type BullmqJobsOptions, openBullmqJobs } from './open-bullmq-jobs.ts';

const url = process.env.BUTIK_TEST_REDIS;
const away = { code: 'SERVICE_UNAVAILABLE', details: { part: 'jobs' } };

describe.skipIf(!url)('on Redis (BUTIK_TEST_REDIS)', () => {
  let outsider: Redis;
  beforeAll(() => {
    outsider = new Redis(url!);
  });
  afterAll(() => outsider.quit());

  async function openLink(): Promise<CuttableLink> {
    const { hostname, port } = new URL(url!);
    return await openCuttableLink({ host: hostname, port: Number(port || 6379) });
  }

  function through(link: CuttableLink): string {
    const there = new URL(url!);
    there.hostname = link.host;
    there.port = String(link.port);
    return there.href;
  }

  const openJobs = (options: Partial<BullmqJobsOptions>) =>
    openBullmqJobs({
      url: url!,
      logger: pino({ level: process.env.BUTIK_LOG_LEVEL ?? 'silent' }),
      commandMs: 5_000,
      reconnectMs: 5,
      marginMs: 50,
      stalledMs: 50,
      ...options,
    });

  async function removeKeys(prefix: string): Promise<void> {
    for await (const keys of outsider.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      if (keys.length > 0) await outsider.del(...keys);
    }
  }

  async function underTest(): Promise<JobsUnderTest> {
    const prefix = `butik-test-${uuidv7()}`;
    const opened: Jobs[] = [];
    const links: CuttableLink[] = [];
    async function open(options: Partial<BullmqJobsOptions> = {}): Promise<Jobs> {
      const jobs = await openJobs({ prefix, ...options });
      opened.push(jobs);
      return jobs;
    }
    return {
      open,
      async openMortal() {
        const link = await openLink();
        links.push(link);
        return { jobs: await open({ url: through(link) }), die: () => link.cut() };
      },
      async drop() {
        await Promise.all(opened.map((jobs) => jobs.close()));
        await Promise.all(links.map((link) => link.close()));
        await removeKeys(prefix);
      },
    };
  }

  jobsContract('BullMQ', underTest);

  describe('over a line that breaks', () => {
    const mail = defineJob({
      name: 'mail.send',
      payload: z.string(),
      maxAttempts: 3,
      backoffMs: 1,
      maxBackoffMs: 2,
      timeoutMs: 5_000,
    });
    const eventually = <T>(check: () => T | Promise<T>) =>
      vi.waitFor(check, { timeout: 20_000, interval: 20 });
    let link: CuttableLink;
    let prefix: string;
    let opened: Jobs[];
    beforeEach(async () => {
      link = await openLink();
      prefix = `butik-test-${uuidv7()}`;
      opened = [];
    });
    afterEach(async () => {
      await Promise.all(opened.map((jobs) => jobs.close()));
      await link.close();
      await removeKeys(prefix);
    });

    async function overLink(options: Partial<BullmqJobsOptions> = {}): Promise<Jobs> {
      const jobs = await openJobs({ url: through(link), prefix, ...options });
      opened.push(jobs);
      return jobs;
    }

    async function sending(jobs: Jobs) {
      const sent: string[] = [];
      await jobs.work(mail, async (text) => void sent.push(text));
      return sent;
    }

    test('a hub starts while Redis is down, refuses jobs, and makes up for it once Redis is up', async () => {
      link.cut();
      const jobs = await overLink();
      const sent = await sending(jobs);
      const ran = Promise.withResolvers<void>();
      await jobs.schedule('mail.sweep', { everyMs: 50, timeoutMs: 1_000 }, async () => ran.resolve());
      await expect(jobs.enqueue(mail, 'a', { id: 'a' })).rejects.toMatchObject(away);
      link.heal();
      await eventually(() => jobs.enqueue(mail, 'b', { id: 'b' }));
      await eventually(() => expect(sent).toEqual(['b']));
      await ran.promise;
    });

    test('jobs are refused while the line is cut, and worked off once it is healed', async () => {
      const jobs = await overLink();
      const sent = await sending(jobs);
      await jobs.enqueue(mail, 'a', { id: 'a' });
      await eventually(() => expect(sent).toEqual(['a']));
      link.cut();
      await expect(jobs.enqueue(mail, 'b', { id: 'b' })).rejects.toMatchObject(away);
      link.heal();
      await eventually(() => jobs.enqueue(mail, 'c', { id: 'c' }));
      await eventually(() => expect(sent.at(-1)).toBe('c'));
    });

    test('a job whose line breaks while it runs is settled once the line is back', async () => {
      const jobs = await overLink({ marginMs: 60_000 });
      let sent = 0;
      await jobs.work(mail, async () => {
        sent++;
        link.cut();
        queueMicrotask(() => link.heal());
      });
      await jobs.enqueue(mail, 'a', { id: 'a' });
      const nothing = [{ name: 'mail.send', waiting: 0, running: 0, failed: 0 }];
      await eventually(async () => expect(await jobs.depth()).toEqual(nothing));
      expect(sent).toBe(1);
    });

    test('a Redis that hangs is given up in time, and its jobs are worked off when it goes on', async () => {
      const jobs = await overLink({ commandMs: 50 });
      const sent = await sending(jobs);
      link.stall();
      await expect(jobs.enqueue(mail, 'a', { id: 'a' })).rejects.toMatchObject(away);
      link.heal();
      await eventually(() => jobs.enqueue(mail, 'b', { id: 'b' }));
      await eventually(() => expect(sent).toContain('b'));
    });

    test('a hub closes while Redis is away, after the job that runs', async () => {
      const jobs = await overLink({ closeMs: 1 });
      const begun = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      let done = false;
      await jobs.work(mail, async () => {
        begun.resolve();
        await goOn.promise;
        done = true;
      });
      await jobs.enqueue(mail, 'a', { id: 'a' });
      await begun.promise;
      link.cut();
      await expect(jobs.enqueue(mail, 'b', { id: 'b' })).rejects.toMatchObject(away);
      let isClosed = false;
      const closed = jobs.close().finally(() => {
        isClosed = true;
      });
      for (let n = 0; n < 50; n++) await outsider.ping();
      expect(isClosed).toBe(false);
      goOn.resolve();
      await closed;
      expect(done).toBe(true);
      await expect(jobs.enqueue(mail, 'b', { id: 'b' })).rejects.toMatchObject(away);
    });
  });
});
