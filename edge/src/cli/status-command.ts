import { ButikError } from '@butik/proto/errors/butik-error';
import { fromProblem } from '@butik/proto/errors/problem';
import { readEdgeConfig } from '../config.ts';
import type { SyncStatus } from '../replication/sync-status.ts';

const TIMEOUT_MS = 5_000;

interface ShopAnswer {
  name: string;
  businessDay: string;
  catalogue: { products: number };
}

/** `butik-edge status`: how the running shop is and what it has not sent yet. */
export async function statusCommand(options: { url?: string; json?: boolean }): Promise<void> {
  const { port } = readEdgeConfig(process.env);
  const url = (options.url ?? `http://127.0.0.1:${port}`).replace(/\/+$/, '');
  const { version } = await ask<{ version: string }>(url, '/v1/health');
  const shop = await ask<ShopAnswer>(url, '/v1/shop');
  const sync = await ask<SyncStatus>(url, '/v1/sync');
  console.log(
    options.json ? JSON.stringify({ url, version, shop, sync }) : describe(url, version, shop, sync),
  );
}

async function ask<Answer>(url: string, path: string): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw new ButikError('SERVICE_UNAVAILABLE', {
      message: `No shop answers at ${url}.`,
      details: { part: 'shop' },
      cause,
    });
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw fromProblem(response.status, body);
  return body as Answer;
}

function describe(url: string, version: string, shop: ShopAnswer, sync: SyncStatus): string {
  const { unsent, down, lastError } = sync;
  const lines = [
    `${shop.name} is open at ${url} (version ${version}, business day ${shop.businessDay})`,
    `  hub        ${sync.hub}`,
    `  catalogue  ${shop.catalogue.products} products, ${down.upToDate ? 'up to date' : `last change ${down.lastCutAt ?? 'never'}`}`,
    `  unsent     ${unsent.sales} sales, ${unsent.facts} facts${unsent.oldestAt === null ? '' : ` since ${unsent.oldestAt}`}`,
  ];
  if (lastError !== null)
    lines.push(`  last error ${lastError.code} at ${lastError.at}: ${lastError.message}`);
  return lines.join('\n');
}
