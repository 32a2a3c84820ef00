import type { ItemTable, StoredItem } from '../store/item-table.ts';
import type { EncodedKey } from '../store/keys.ts';

const STEP = 500;

/** Every item of the table; `visit` may write to the table's indexes and to the item's own row. */
export function forEachItem(
  table: ItemTable,
  visit: (item: StoredItem & { readonly key: EncodedKey }) => void,
): void {
  let last = 0;
  for (;;) {
    const items = table.itemsAfter(last, STEP);
    for (const item of items) visit(item);
    const end = items.at(-1);
    if (!end) return;
    last = end.id;
  }
}
