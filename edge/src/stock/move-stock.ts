import { consumeFifo } from '@butik/domain/stock/ledger';
import { type StockMoved, type StockMovement, stockMoved } from '@butik/proto/facts/stock-moved';
import type { Database } from 'better-sqlite3';
import type { Ports } from '../ports.ts';
import type { FactWriter } from '../replication/outbox/append-fact.ts';
import { costOf } from './cost.ts';
import { type LotStatements, prepareLots } from './lots.ts';

/** Goods that come (quantity above zero) or go (below zero). */
export interface GoodsMoved {
  productId: string;
  code: string;
  unit: 'piece' | 'gram';
  quantity: number;
  /** Of goods that come, per piece or kilogram; null or absent takes the last known one. */
  unitCostMinor?: number | null;
  batch?: string;
  expiresOn?: string;
}

export interface StockCause {
  causeId: string;
  reason: StockMoved['reason'];
  movedAt: string;
  currency: string;
}

export type MoveStock = (db: Database, cause: StockCause, goods: readonly GoodsMoved[]) => void;

/**
 * Records movements, keeps lots and levels equal to their sum, and tells the hub: all within the job that
 * it is called in. Goods that go take the oldest lots' cost; what was not there goes at the last known
 * cost, or at none. Nothing is refused: what a customer holds in the hand was in the shop.
 */
export function createMoveStock(context: { db: Database; ports: Ports; facts: FactWriter }): MoveStock {
  const { ports, facts } = context;
  const lots = prepareLots(context.db);
  const insert = context.db.prepare<(string | number | null)[]>(
    `INSERT INTO stock_movements
       (cause_id, position, movement_id, reason, product_id, quantity, cost_minor, batch, expires_on, moved_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  return (db, cause, goods) => {
    const movements: StockMovement[] = [];
    for (const [position, moved] of goods.entries()) {
      const { productId, code, quantity, batch, expiresOn } = moved;
      const costMinor = quantity > 0 ? comeIn(lots, ports, cause, moved) : goOut(lots, moved);
      const movementId = ports.newId();
      insert.run(
        cause.causeId,
        position,
        movementId,
        cause.reason,
        productId,
        quantity,
        costMinor,
        batch ?? null,
        expiresOn ?? null,
        cause.movedAt,
      );
      movements.push({
        movementId,
        productId,
        code,
        quantity,
        costMinor,
        ...(batch !== undefined && { batch }),
        ...(expiresOn !== undefined && { expiresOn }),
      });
    }
    facts.append(db, stockMoved, { aggregate: `stock:${cause.causeId}`, payload: { ...cause, movements } });
  };
}

/** Returns the cost, below zero as the quantity is. */
function goOut(lots: LotStatements, { productId, unit, quantity }: GoodsMoved): number | null {
  const { onHand, lastUnitCostMinor } = lots.level.get(productId) ?? NEVER_SEEN;
  lots.setLevel.run(productId, onHand + quantity, lastUnitCostMinor);
  // Without goods on hand no lot has any left: that spares the most common oversell a look.
  const left = onHand > 0 ? lots.lotsOf.all(productId) : [];
  const costed = left.map((lot) => ({ ...lot, unitCostMinor: lot.unitCostMinor ?? lastUnitCostMinor ?? 0 }));
  const { taken, shortfall, costMinor } = consumeFifo(costed, -quantity, unit);
  for (const part of taken) lots.takeFromLot.run(part.quantity, part.lotId);

  const shortfallMinor = costOf(shortfall, lastUnitCostMinor, unit);
  // Null as long as no delivery of the product has told a cost.
  return shortfallMinor === null ? null : 0 - (costMinor + shortfallMinor);
}

function comeIn(lots: LotStatements, ports: Ports, cause: StockCause, moved: GoodsMoved): number | null {
  const { productId, unit, quantity } = moved;
  const { onHand, lastUnitCostMinor } = lots.level.get(productId) ?? NEVER_SEEN;
  const unitCostMinor = moved.unitCostMinor ?? lastUnitCostMinor;
  // A customer's return says nothing about what goods cost by now; a delivery does.
  const latestCost = cause.reason === 'receipt' ? unitCostMinor : lastUnitCostMinor;
  lots.setLevel.run(productId, onHand + quantity, latestCost);
  // What was sold before it was received is gone already.
  const left = Math.min(quantity, Math.max(0, onHand + quantity));
  if (left > 0) {
    const { batch = null, expiresOn = null } = moved;
    lots.addLot.run(ports.newId(), productId, cause.movedAt, left, unitCostMinor, batch, expiresOn);
  }
  return costOf(quantity, unitCostMinor, unit);
}

const NEVER_SEEN = { onHand: 0, lastUnitCostMinor: null };
