import { v7 as uuidv7 } from 'uuid';
import { type EngineAddresses, makeHubEngines } from '../../e2e/apart/engines.ts';
import { openHoldingProxy } from '../../e2e/apart/holding-proxy.ts';
import { type Goods, orderOf, planHub, stockGoods } from './hub-under-load.ts';
import { orderUntilConfirmed } from './order-load.ts';
import type { OrderWrite, OrderWrites } from './order-writes.ts';
import { openRecordingSqlProxy, type Statement } from './recording-sql-proxy.ts';

const WRITING = /\.(PutItem|UpdateItem|DeleteItem|TransactWriteItems)$/;

/**
 * Lets a hub on real engines make one order, and notes what its services write until it is confirmed. Left out is what
 * is no part of an order: the relay that empties the outboxes, and notification, which comes afterwards.
 */
export async function recordOrder(
  addresses: EngineAddresses,
  { folder, goods, bankUrl }: { folder: string; goods: Goods; bankUrl: string },
): Promise<OrderWrites> {
  const engines = await makeHubEngines(addresses);
  const documents = await openHoldingProxy(addresses.dynamodb);
  const sql = await openRecordingSqlProxy(engines.settings.BUTIK_DATABASE_URL!);
  const hub = await planHub(folder, {
    ...engines.settings,
    BUTIK_SWISH_URL: bankUrl,
    BUTIK_DYNAMODB_ENDPOINT: documents.url,
    BUTIK_DATABASE_URL: sql.url,
  });
  try {
    await hub.process.start();
    await stockGoods(hub.address, goods);
    const [documentsBefore, sqlBefore] = [documents.seen.length, sql.seen.length];
    await orderUntilConfirmed(hub.address, orderOf(goods), uuidv7());
    const requests = documents.seen
      .slice(documentsBefore)
      .flatMap(({ operation, body }): OrderWrite[] =>
        WRITING.test(operation) && isOfOrder(body)
          ? [{ engine: 'documents', operation: operation.split('.')[1]!, body }]
          : [],
      );
    const transactions = sql.seen.slice(sqlBefore).flatMap((transaction): OrderWrite[] => {
      const statements = transaction.filter(isOfPayment);
      return statements.length > 0 ? [{ engine: 'sql', statements }] : [];
    });
    return {
      writes: [...requests, ...transactions],
      tablePrefix: `${engines.prefix}-`,
      lasting: [goods.shopId, goods.productId],
    };
  } finally {
    await hub.process.kill();
    await Promise.all([documents.close(), sql.close()]);
    await engines.remove();
  }
}

function isOfOrder(body: string): boolean {
  const emptiesOutbox = body.includes('"Delete"') && body.includes('"outbox"');
  return /"TableName":"[^"]*-(orders|inventory)"/.test(body) && !emptiesOutbox;
}

function isOfPayment({ text }: Statement): boolean {
  return /^\s*(insert|update)\b/i.test(text) && text.includes('payment.');
}
