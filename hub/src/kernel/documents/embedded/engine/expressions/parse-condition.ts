import { MAX_IN_OPERANDS } from '../limits.ts';
import { checkBetween, checkCall, checkComparison } from './check-operands.ts';
import { type Comparator, type Condition, type Operand, PREDICATES, type Predicate } from './condition.ts';
import { parsePath } from './path.ts';
import type { Placeholders } from './placeholders.ts';
import { type ExpressionKind, Tokens } from './tokens.ts';

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/**
 * Recursive descent, loosest binding first:
 * or = and {OR and} · and = not {AND not} · not = NOT not | primary ·
 * primary = `(` or `)` | function | operand (comparator operand | BETWEEN operand AND operand | IN (operand, …))
 */
export function parseCondition(kind: ExpressionKind, text: string, placeholders: Placeholders): Condition {
  const tokens = new Tokens(kind, text);
  const condition = asCondition(parseOr(tokens, placeholders), tokens);
  tokens.expectEnd();
  return condition;
}

/** Within parentheses an operand may stand alone; everywhere else it has to become a condition. */
type Node = Condition | Operand;

function parseOr(tokens: Tokens, placeholders: Placeholders): Node {
  return parseJoined('or', tokens, () => parseAnd(tokens, placeholders));
}

function parseAnd(tokens: Tokens, placeholders: Placeholders): Node {
  return parseJoined('and', tokens, () => parseNot(tokens, placeholders));
}

function parseJoined(kind: 'and' | 'or', tokens: Tokens, parsePart: () => Node): Node {
  const first = parsePart();
  if (!tokens.isKeyword(kind.toUpperCase())) return first;
  const parts = [asCondition(first, tokens)];
  while (tokens.acceptKeyword(kind.toUpperCase())) {
    tokens.countOperator();
    parts.push(asCondition(parsePart(), tokens));
  }
  return { kind, parts };
}

function parseNot(tokens: Tokens, placeholders: Placeholders): Node {
  if (!tokens.acceptKeyword('NOT')) return parsePrimary(tokens, placeholders);
  tokens.countOperator();
  const part = tokens.nested(() => parseNot(tokens, placeholders));
  return { kind: 'not', part: asCondition(part, tokens) };
}

function parsePrimary(tokens: Tokens, placeholders: Placeholders): Node {
  if (tokens.accept('(')) {
    const inner = tokens.nested(() => parseOr(tokens, placeholders));
    tokens.expect(')');
    if (isOperand(inner)) return parseRest(inner, tokens, placeholders);
    if (inner.kind === 'group') throw tokens.refusal('The expression has redundant parentheses;');
    return { kind: 'group', part: inner };
  }
  if (tokens.next.kind === 'word' && tokens.afterNext.text === '(') {
    const name = tokens.next.text;
    if (name !== 'size') return parseCall(tokens, placeholders);
  }
  return parseRest(parseOperand(tokens, placeholders), tokens, placeholders);
}

function parseCall(tokens: Tokens, placeholders: Placeholders): Condition {
  const name = tokens.take().text;
  tokens.expect('(');
  const operands = parseOperands(tokens, placeholders);
  tokens.countOperator();
  const predicate = PREDICATES.find((known) => known === name);
  if (!predicate) {
    const misplaced = name === 'if_not_exists' || name === 'list_append';
    throw tokens.refusal(
      misplaced
        ? `The function is not allowed in a condition expression; function: ${name}`
        : `Invalid function name; function: ${name}`,
    );
  }
  checkCall(predicate satisfies Predicate, operands, tokens);
  return { kind: 'call', predicate, operands };
}

/** What follows an operand; alone, it is left to the caller, who may be inside parentheses. */
function parseRest(operand: Operand, tokens: Tokens, placeholders: Placeholders): Node {
  if (tokens.next.kind === 'symbol' && COMPARATORS.has(tokens.next.text)) {
    const comparator = tokens.take().text as Comparator;
    const right = parseOperand(tokens, placeholders);
    tokens.countOperator();
    checkComparison(comparator, operand, right, tokens);
    return { kind: 'compare', comparator, left: operand, right };
  }
  if (tokens.acceptKeyword('BETWEEN')) {
    const low = parseOperand(tokens, placeholders);
    if (!tokens.acceptKeyword('AND')) throw tokens.unexpected();
    const high = parseOperand(tokens, placeholders);
    tokens.countOperator();
    checkBetween(low, high, tokens);
    return { kind: 'between', operand, low, high };
  }
  if (tokens.acceptKeyword('IN')) {
    tokens.expect('(');
    const options = parseOperands(tokens, placeholders);
    tokens.countOperator();
    if (options.length > MAX_IN_OPERANDS) {
      throw tokens.refusal(
        `The IN operator is provided with too many operands; number of operands: ${options.length}`,
      );
    }
    return { kind: 'in', operand, options };
  }
  return operand;
}

function parseOperands(tokens: Tokens, placeholders: Placeholders): readonly Operand[] {
  const operands = [parseOperand(tokens, placeholders)];
  while (tokens.accept(',')) operands.push(parseOperand(tokens, placeholders));
  tokens.expect(')');
  return operands;
}

function parseOperand(tokens: Tokens, placeholders: Placeholders): Operand {
  if (tokens.next.kind === 'value') {
    return { kind: 'value', value: placeholders.value(tokens.take().text, tokens) };
  }
  if (tokens.accept('(')) {
    const operand = tokens.nested(() => parseOperand(tokens, placeholders));
    tokens.expect(')');
    return operand;
  }
  if (tokens.next.text === 'size' && tokens.afterNext.text === '(') return parseSize(tokens, placeholders);
  return { kind: 'path', path: parsePath(tokens, placeholders) };
}

function parseSize(tokens: Tokens, placeholders: Placeholders): Operand {
  tokens.take();
  tokens.expect('(');
  const operands = tokens.nested(() => parseOperands(tokens, placeholders));
  const [of] = operands;
  if (!of || operands.length > 1) {
    throw tokens.refusal(
      `Incorrect number of operands for operator or function; operator or function: size, number of operands: ${operands.length}`,
    );
  }
  tokens.countOperator();
  return { kind: 'size', of };
}

function isOperand(node: Node): node is Operand {
  return node.kind === 'path' || node.kind === 'value' || node.kind === 'size';
}

function asCondition(node: Node, tokens: Tokens): Condition {
  if (!isOperand(node)) return node;
  if (node.kind === 'size') {
    throw tokens.refusal('The function is not allowed to be used this way in an expression; function: size');
  }
  throw tokens.unexpected();
}
