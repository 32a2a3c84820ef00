import { z } from 'zod';
import { rowSchema } from '../collections/define-collection.ts';
import { shops } from '../collections/shops.ts';
import { defineEvent } from './cloud-event.ts';

export const shopChanged = defineEvent({
  type: 'ShopChanged',
  version: 1,
  data: z.strictObject({ shop: rowSchema(shops) }),
});

export const nodeEnrolled = defineEvent({
  type: 'NodeEnrolled',
  version: 1,
  data: z.strictObject({ nodeId: z.uuid(), shopId: z.uuid(), epoch: z.int().positive() }),
});

export const nodeFenced = defineEvent({
  type: 'NodeFenced',
  version: 1,
  data: z.strictObject({ nodeId: z.uuid(), shopId: z.uuid(), epoch: z.int().positive(), reason: z.string() }),
});
