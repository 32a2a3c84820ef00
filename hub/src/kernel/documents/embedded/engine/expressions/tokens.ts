import { invalid } from '../dynamo-error.ts';
import { MAX_EXPRESSION, MAX_EXPRESSION_OPERATORS } from '../limits.ts';

/** The parameters of a request that hold an expression, as DynamoDB names them in its answers. */
export type ExpressionKind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression'
  | 'UpdateExpression';

export interface Token {
  /** `symbol` covers operators and punctuation; `word` keywords, function and attribute names. */
  readonly kind: 'word' | 'name' | 'value' | 'index' | 'symbol' | 'end' | 'unknown';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const MAX_DEPTH = 100;
/** Expressions that are remembered. A service has a few dozen; their values are placeholders. */
const MAX_KNOWN = 1_000;
const PATTERN =
  /(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<name>#[A-Za-z0-9_]+)|(?<value>:[A-Za-z0-9_]+)|(?<index>\d+)|(?<symbol><>|<=|>=|[=<>+\-(),.[\]])|(?<unknown>\S)/g;

/** Reads an expression token by token, and words what is wrong with it as DynamoDB does. */
export class Tokens {
  readonly kind: ExpressionKind;
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #operators = 0;

  constructor(kind: ExpressionKind, text: string) {
    this.kind = kind;
    this.#text = text;
    if (text.trim() === '') throw this.refusal('The expression can not be empty;');
    if (Buffer.byteLength(text) > MAX_EXPRESSION) {
      throw this.refusal(
        `Expression size has exceeded the maximum allowed size; expression size: ${Buffer.byteLength(text)}`,
      );
    }
    this.#tokens = tokensOf(text);
    const unknown = this.#tokens.findIndex((token) => token.kind === 'unknown');
    if (unknown >= 0) throw this.#syntaxError(unknown);
  }

  get next(): Token {
    return this.#token(this.#at);
  }

  get afterNext(): Token {
    return this.#token(this.#at + 1);
  }

  take(): Token {
    const token = this.next;
    this.#at++;
    return token;
  }

  /** Takes the symbol when it is next. */
  accept(symbol: string): boolean {
    if (this.next.kind !== 'symbol' || this.next.text !== symbol) return false;
    this.#at++;
    return true;
  }

  expect(symbol: string): void {
    if (!this.accept(symbol)) throw this.unexpected();
  }

  /** Keywords are known in any case; function names are not keywords. */
  isKeyword(keyword: string): boolean {
    return this.next.kind === 'word' && this.next.text.toUpperCase() === keyword;
  }

  acceptKeyword(keyword: string): boolean {
    if (!this.isKeyword(keyword)) return false;
    this.#at++;
    return true;
  }

  expectEnd(): void {
    if (this.next.kind !== 'end') throw this.unexpected();
  }

  /** Bounds how deep the parser goes, and with it its stack. */
  nested<Result>(parse: () => Result): Result {
    if (++this.#depth > MAX_DEPTH) throw this.refusal('The expression is nested too deeply;');
    const result = parse();
    this.#depth--;
    return result;
  }

  countOperator(): void {
    if (++this.#operators > MAX_EXPRESSION_OPERATORS) {
      throw this.refusal(`The expression contains too many operators; operator count: ${this.#operators}`);
    }
  }

  /** The syntax error at the next token. */
  unexpected(): Error {
    return this.#syntaxError(this.#at);
  }

  refusal(message: string): Error {
    return invalid(`Invalid ${this.kind}: ${message}`);
  }

  #syntaxError(at: number): Error {
    const token = this.#token(at);
    const from = at > 0 ? this.#token(at - 1).start : token.start;
    const near = this.#text.slice(from, this.#token(at + 1).end).trim();
    return this.refusal(`Syntax error; token: "${token.text}", near: "${near}"`);
  }

  #token(at: number): Token {
    const end = this.#text.length;
    return this.#tokens[at] ?? { kind: 'end', text: '<EOF>', start: end, end };
  }
}

const known = new Map<string, readonly Token[]>();

/** The same expressions come again and again, and taking them apart costs more than all that follows. */
function tokensOf(text: string): readonly Token[] {
  const held = known.get(text);
  if (held) return held;
  const tokens = tokenise(text);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, tokens);
  return tokens;
}

function tokenise(text: string): readonly Token[] {
  return Array.from(text.matchAll(PATTERN), (match) => {
    const kind = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined)?.[0];
    const start = match.index;
    return {
      kind: (kind ?? 'unknown') as Token['kind'],
      text: match[0],
      start,
      end: start + match[0].length,
    };
  });
}
