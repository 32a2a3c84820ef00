import { formatMinor } from '@butik/domain/money/money';
import type { GetOrderResponse } from '@butik/proto/gen/butik/order/v1/order';

/** Everything that a template may name between `{{` and `}}`, and what stands there in its place. */
export const PLACEHOLDERS = {
  'order.id': 'The id of the order.',
  'order.lines': 'What was ordered, a line each: quantity, name and amount.',
  'order.total': 'What the customer pays, with its currency.',
  'order.cancelReason': 'Why the order was cancelled; empty unless it was.',
} as const;
export type Placeholder = keyof typeof PLACEHOLDERS;
export type PlaceholderValues = Readonly<Record<Placeholder, string>>;

/** A mail that lists more than this says how many it leaves out. */
const MAX_LINES = 100;

export function isPlaceholder(name: string): name is Placeholder {
  return Object.hasOwn(PLACEHOLDERS, name);
}

/** The values for an order, as plain text in the language of the reader. */
export function orderValues(order: GetOrderResponse, language: string): PlaceholderValues {
  const money = (minor: number) => formatMinor(minor, order.currency, language);
  const lines = order.lines.slice(0, MAX_LINES).map(({ name, quantity, unit, amountMinor }) => {
    const amount = unit === 'gram' ? `${quantity} g` : `${quantity} ×`;
    return `${amount} ${oneLine(name)}: ${money(amountMinor)}`;
  });
  if (order.lines.length > MAX_LINES) lines.push(`… + ${order.lines.length - MAX_LINES}`);
  return {
    'order.id': order.orderId,
    'order.lines': lines.join('\n'),
    'order.total': money(order.payableMinor),
    'order.cancelReason': oneLine(order.cancelReason),
  };
}

/** A name with a line break could pretend to be a line of its own; one with half a surrogate pair cannot be sent. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}
