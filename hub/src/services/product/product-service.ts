import { catalogueChanged } from '@butik/proto/events/product';
import { ProductServiceDefinition } from '@butik/proto/gen/butik/product/v1/product';
import type { FastifyPluginAsync } from 'fastify';
import { startOutboxRelay } from '../../kernel/outbox/start-outbox-relay.ts';
import type { Service } from '../../kernel/service.ts';
import { migrate } from '../../kernel/sql/migrate.ts';
import { startIndexFill } from './fill-search-index.ts';
import { startImportWorker } from './import/import-worker.ts';
import { importRoutes } from './import/routes.ts';
import { openSpool } from './import/spool.ts';
import type { ProductContext } from './product-context.ts';
import { productRoutes } from './routes.ts';
import { productHandlers } from './rpc.ts';
import { productSchema } from './schema.ts';
import { productIndex, searchMigrations, searchSubscription } from './search-index.ts';

/** What the chain sells, at which price. */
export const productService: Service = {
  name: 'product',
  needs: ['documents', 'sql', 'bus', 'search'],
  calls: [],
  consumes: [{ consumer: 'product-search', types: [catalogueChanged.type] }],
  async start(kernel) {
    const table = await kernel.documents.openTable({ name: 'products', schema: productSchema });
    await migrate(kernel.sql, 'product', searchMigrations);
    const search = await kernel.search.openIndex(productIndex);
    const relay = startOutboxRelay({ table, bus: kernel.bus, logger: kernel.logger });
    const context: ProductContext = { table, kernel, search, wake: relay.wake };
    const fill = startIndexFill(context);
    const spool = await openSpool(kernel.dataFolder, kernel.newId);
    const worker = await startImportWorker(context, spool);
    const routes: FastifyPluginAsync = async (app) => {
      await app.register(productRoutes(context));
      await app.register(importRoutes(context, { spool, worker }));
    };
    return {
      rpc: { definition: ProductServiceDefinition, handlers: productHandlers(context) },
      routes,
      subscriptions: [searchSubscription(search)],
      backlog: relay.backlog,
      async idle() {
        await fill.idle();
        await worker.idle();
        await relay.idle();
      },
      async close() {
        await fill.close();
        await worker.close();
        await relay.close();
      },
    };
  },
};
