import { Counter, Gauge, type Registry } from 'prom-client';

/** Each gauge's readings, by its name. */
export type Readings<Name extends string> = Record<
  Name,
  readonly { labels?: Record<string, string>; value: number }[]
>;

export interface GaugesOnScrape<Name extends string> {
  metrics: Registry;
  /** Whose readings these are, in `butik_readings_failed_total`. */
  part: string;
  gauges: Record<Name, { help: string; labelNames?: readonly string[] }>;
  read(): Promise<Readings<Name>>;
  /** How long one reading may take; 3 s. */
  timeoutMs?: number;
}

/** Gauges of one reading are asked for side by side; they share it, and so do several who scrape at once. */
const SHARED_FOR_MS = 500;

/**
 * Gauges that are read, all of them together, when somebody scrapes. A reading that fails or takes too long leaves
 * them empty, rather than old, and is counted; the other metrics are shown all the same.
 */
export function gaugesOnScrape<Name extends string>(options: GaugesOnScrape<Name>): void {
  const { metrics, part, timeoutMs = 3_000 } = options;
  const failures = failureCounter(metrics);
  failures.inc({ part }, 0);
  const gauges = new Map<Name, Gauge>();
  let last: { atMs: number; done: Promise<void> } | undefined;

  for (const [name, { help, labelNames = [] }] of Object.entries(options.gauges) as [
    Name,
    { help: string; labelNames?: string[] },
  ][]) {
    gauges.set(
      name,
      new Gauge({ name, help, labelNames: [...labelNames], registers: [metrics], collect: () => readAll() }),
    );
  }

  function readAll(): Promise<void> {
    const now = performance.now();
    if (!last || now - last.atMs > SHARED_FOR_MS) last = { atMs: now, done: fill() };
    return last.done;
  }

  async function fill(): Promise<void> {
    const readings = await inTime(options.read, timeoutMs).catch(() => undefined);
    if (!readings) failures.inc({ part });
    for (const [name, gauge] of gauges) {
      gauge.reset();
      // A gauge without labels shows 0 when it is reset, which would be a lie here.
      if (options.gauges[name].labelNames === undefined) gauge.remove({});
      for (const { labels = {}, value } of readings?.[name] ?? []) gauge.set(labels, value);
    }
  }
}

function failureCounter(metrics: Registry): Counter {
  const name = 'butik_readings_failed_total';
  return (
    (metrics.getSingleMetric(name) as Counter | undefined) ??
    new Counter({
      name,
      help: 'Readings for metrics that failed or took too long, by part of the hub.',
      labelNames: ['part'],
      registers: [metrics],
    })
  );
}

async function inTime<T>(read: () => Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not read within ${timeoutMs} ms`)), timeoutMs);
  });
  return await Promise.race([read(), late]).finally(() => clearTimeout(timer));
}
