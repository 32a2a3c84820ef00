import { type AttributeValue, typeOf } from '../values/attribute-value.ts';
import { needsPath, wrongArity, wrongType } from './check-operands.ts';
import { assertDistinct, parsePath } from './path.ts';
import type { Placeholders } from './placeholders.ts';
import { Tokens } from './tokens.ts';
import type { UpdateAction, UpdateOperand } from './update.ts';

const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;
type Section = (typeof SECTIONS)[number];

/** DynamoDB's names of the types, in the one message where it spells them out. */
const LONG_TYPE = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  L: 'LIST',
  M: 'MAP',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
} as const;

/** update = {SET path = value, … | REMOVE path, … | ADD path :value, … | DELETE path :value, …}, each section once. */
export function parseUpdate(text: string, placeholders: Placeholders): readonly UpdateAction[] {
  const tokens = new Tokens('UpdateExpression', text);
  const actions: UpdateAction[] = [];
  const seen = new Set<Section>();
  while (tokens.next.kind !== 'end') {
    const section = SECTIONS.find((name) => tokens.isKeyword(name));
    if (!section) throw tokens.unexpected();
    if (seen.has(section)) {
      throw tokens.refusal(`The "${section}" section can only be used once in an update expression;`);
    }
    seen.add(section);
    tokens.take();
    do actions.push(parseAction(section, tokens, placeholders));
    while (tokens.accept(','));
  }
  assertDistinct(
    actions.map((action) => action.path),
    tokens,
  );
  return actions;
}

function parseAction(section: Section, tokens: Tokens, placeholders: Placeholders): UpdateAction {
  const path = parsePath(tokens, placeholders);
  if (section === 'REMOVE') return { kind: 'remove', path };
  if (section === 'SET') {
    tokens.expect('=');
    return { kind: 'set', path, operand: parseSum(tokens, placeholders) };
  }
  if (tokens.next.kind !== 'value') throw tokens.unexpected();
  const value = placeholders.value(tokens.take().text, tokens);
  checkSetOperand(section, value, tokens);
  return { kind: section === 'ADD' ? 'add' : 'delete', path, value };
}

/** value [(+ | -) value]: one operator, as DynamoDB allows. */
function parseSum(tokens: Tokens, placeholders: Placeholders): UpdateOperand {
  const left = parseOperand(tokens, placeholders);
  const sign = tokens.accept('+') ? '+' : tokens.accept('-') ? '-' : undefined;
  if (!sign) return left;
  tokens.countOperator();
  const right = parseOperand(tokens, placeholders);
  for (const operand of [left, right]) {
    if (operand.kind === 'value' && !('N' in operand.value)) {
      throw wrongType(sign, typeOf(operand.value), tokens);
    }
  }
  return { kind: sign === '+' ? 'plus' : 'minus', left, right };
}

function parseOperand(tokens: Tokens, placeholders: Placeholders): UpdateOperand {
  if (tokens.next.kind === 'value') {
    return { kind: 'value', value: placeholders.value(tokens.take().text, tokens) };
  }
  if (tokens.accept('(')) {
    const inner = tokens.nested(() => parseSum(tokens, placeholders));
    tokens.expect(')');
    return inner;
  }
  if (tokens.next.kind === 'word' && tokens.afterNext.text === '(') {
    return tokens.nested(() => parseCall(tokens, placeholders));
  }
  return { kind: 'path', path: parsePath(tokens, placeholders) };
}

function parseCall(tokens: Tokens, placeholders: Placeholders): UpdateOperand {
  const name = tokens.take().text;
  tokens.expect('(');
  const operands = [parseOperand(tokens, placeholders)];
  while (tokens.accept(',')) operands.push(parseOperand(tokens, placeholders));
  tokens.expect(')');
  tokens.countOperator();
  if (name !== 'if_not_exists' && name !== 'list_append') {
    const known = /^(size|contains|begins_with|attribute_(exists|not_exists|type))$/.test(name);
    throw tokens.refusal(
      known
        ? `The function is not allowed in an update expression; function: ${name}`
        : `Invalid function name; function: ${name}`,
    );
  }
  const [left, right] = operands;
  if (!left || !right || operands.length > 2) throw wrongArity(name, operands.length, tokens);
  if (name === 'if_not_exists') {
    if (left.kind !== 'path') throw needsPath(name, tokens);
    return { kind: 'if-not-exists', path: left.path, otherwise: right };
  }
  for (const operand of [left, right]) {
    if (operand.kind === 'value' && !('L' in operand.value))
      throw wrongType(name, typeOf(operand.value), tokens);
  }
  return { kind: 'list-append', left, right };
}

function checkSetOperand(section: 'ADD' | 'DELETE', value: AttributeValue, tokens: Tokens): void {
  const type = typeOf(value);
  if (type === 'SS' || type === 'NS' || type === 'BS' || (section === 'ADD' && type === 'N')) return;
  throw tokens.refusal(
    `Incorrect operand type for operator or function; operator: ${section}, operand type: ${LONG_TYPE[type]}, ` +
      `typeSet: ALLOWED_FOR_${section}_OPERAND`,
  );
}
