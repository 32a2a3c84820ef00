import type { KeyType } from '../values/attribute-value.ts';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** A table's primary key, or an index's. */
export interface KeyShape {
  readonly hash: KeyAttribute;
  readonly sort?: KeyAttribute;
}

export interface IndexDefinition extends KeyShape {
  readonly name: string;
  readonly local: boolean;
  readonly projection: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
  readonly include: readonly string[];
  /** Names its SQLite table; no two indexes of a table share one. */
  readonly number: number;
}

export interface TableDefinition extends KeyShape {
  readonly name: string;
  readonly createdMs: number;
  readonly indexes: readonly IndexDefinition[];
  readonly billing: 'PAY_PER_REQUEST' | 'PROVISIONED';
  readonly throughput: { readonly read: number; readonly write: number };
  readonly ttlAttribute?: string;
}

export function keyAttributes(shape: KeyShape): readonly KeyAttribute[] {
  return shape.sort ? [shape.hash, shape.sort] : [shape.hash];
}
