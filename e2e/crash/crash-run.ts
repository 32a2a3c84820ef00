import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Network } from '../network/start-network.ts';
import { type Findings, noFindings } from './findings.ts';
import type { PricedProduct } from './next-operation.ts';
import type { CrashShop } from './open-shop.ts';
import { POINT_NAMES, type PointName } from './points.ts';

/** What a run knows as it goes. */
export interface CrashRun {
  folder: string;
  hub: Network['hub'] & { documentsFolder: string };
  /** Settles once the hub has come back from its last kill: the shop sells on meanwhile. */
  hubIsBack: Promise<unknown>;
  products: PricedProduct[];
  catalogueSize: number;
  /** The box that sells, and those that were put aside for a new one. */
  shops: CrashShop[];
  found: Findings;
  points: Map<PointName, { planned: number; hit: number }>;
  kills: { edge: number; hub: number };
}

export function createRun(
  folder: string,
  hub: Network['hub'],
  catalogue: Pick<CrashRun, 'products' | 'catalogueSize'>,
): CrashRun {
  return {
    ...catalogue,
    folder,
    hub: { ...hub, documentsFolder: join(folder, 'hub', 'documents') },
    hubIsBack: Promise.resolve(),
    shops: [],
    found: noFindings(),
    points: new Map(POINT_NAMES.map((name) => [name, { planned: 0, hit: 0 }])),
    kills: { edge: 0, hub: 0 },
  };
}

export function notePoint(run: CrashRun, point: PointName, hit: boolean): void {
  const counts = run.points.get(point) as { planned: number; hit: number };
  counts.planned += 1;
  if (hit) counts.hit += 1;
}

/** Checks the file of the hub's documents; returns how many events its outbox holds that wait to be published. */
export function checkDocuments(db: Database, found: Findings): number {
  const problem = db.pragma('integrity_check', { simple: true });
  if (problem !== 'ok') found.corrupt.push(`the hub's documents: ${problem}`);
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'items_[0-9]*'")
    .pluck()
    .all()
    .filter((name) => /^items_\d+$/.test(name));
  const waiting = tables.map((table) =>
    db.prepare<[], number>(`SELECT count(*) FROM ${table} WHERE hk = 'outbox'`).pluck().get(),
  );
  return waiting.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
