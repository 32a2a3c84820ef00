import type { AttributeValue } from '../values/attribute-value.ts';
import type { Path } from './path.ts';

export type UpdateOperand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'if-not-exists'; readonly path: Path; readonly otherwise: UpdateOperand }
  | { readonly kind: 'list-append'; readonly left: UpdateOperand; readonly right: UpdateOperand }
  | {
      readonly kind: 'plus' | 'minus';
      readonly left: UpdateOperand;
      readonly right: UpdateOperand;
    };

/** One clause of an update expression; placeholders are filled in. */
export type UpdateAction =
  | { readonly kind: 'set'; readonly path: Path; readonly operand: UpdateOperand }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add' | 'delete'; readonly path: Path; readonly value: AttributeValue };
