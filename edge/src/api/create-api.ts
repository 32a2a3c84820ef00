import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import type { Logger } from 'pino';
import { addCatalogueRoutes } from '../catalogue/routes.ts';
import type { SyncStatus } from '../replication/sync-status.ts';
import { addSalesRoutes } from '../sales/routes.ts';
import type { Shop } from '../shop.ts';
import { addStockRoutes } from '../stock/routes.ts';
import { VERSION } from '../version.ts';
import { addMetricsRoute } from './metrics-route.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { serveTill } from './serve-till.ts';
import { addStatusRoutes } from './status-routes.ts';

/** The shop's HTTP API with every room's routes, and the till app. Not listening yet. */
export async function createApi(context: {
  shop: Shop;
  syncStatus: () => SyncStatus;
  tillFolder: string;
  logger: Logger;
}): Promise<HttpServer> {
  const { shop, syncStatus, tillFolder, logger } = context;
  const app = await createHttpServer({ logger, title: 'Butik: a shop', version: VERSION });
  addSecurityHeaders(app);
  addMetricsRoute(app, { syncStatus, ports: shop.ports });
  addStatusRoutes(app, syncStatus);
  addCatalogueRoutes(app, shop);
  addSalesRoutes(app, shop);
  addStockRoutes(app, shop);
  await serveTill(app, tillFolder);
  return app;
}
