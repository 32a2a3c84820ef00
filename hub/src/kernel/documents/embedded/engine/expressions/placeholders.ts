import { DynamoError, invalid } from '../dynamo-error.ts';
import type { AttributeValue } from '../values/attribute-value.ts';
import { readValue } from '../values/read-value.ts';
import type { Tokens } from './tokens.ts';

export interface PlaceholderInput {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

/** The `#names` and `:values` of a request; each of them has to be used by one of its expressions. */
export class Placeholders {
  readonly #names: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, AttributeValue>;
  readonly #used = new Set<string>();

  /** `expressions` are those of the request, by parameter name; without any there is nothing to fill in. */
  constructor(input: PlaceholderInput, expressions: Readonly<Record<string, string | undefined>>) {
    const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input;
    if (names) checkKeys('ExpressionAttributeNames', Object.keys(names), /^#[A-Za-z0-9_]+$/, expressions);
    if (values) checkKeys('ExpressionAttributeValues', Object.keys(values), /^:[A-Za-z0-9_]+$/, expressions);
    this.#names = new Map(Object.entries(names ?? {}));
    this.#values = new Map(Object.entries(values ?? {}).map(([key, value]) => [key, valueFrom(key, value)]));
  }

  name(placeholder: string, tokens: Tokens): string {
    const name = this.#names.get(placeholder);
    if (name === undefined) {
      throw tokens.refusal(
        `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
      );
    }
    this.#used.add(placeholder);
    return name;
  }

  value(placeholder: string, tokens: Tokens): AttributeValue {
    const value = this.#values.get(placeholder);
    if (value === undefined) {
      throw tokens.refusal(
        `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
      );
    }
    this.#used.add(placeholder);
    return value;
  }

  /** Call when all expressions of the request are parsed. */
  assertAllUsed(): void {
    this.#assertUsed('ExpressionAttributeNames', [...this.#names.keys()]);
    this.#assertUsed('ExpressionAttributeValues', [...this.#values.keys()]);
  }

  #assertUsed(parameter: string, keys: readonly string[]): void {
    const unused = keys.filter((key) => !this.#used.has(key));
    if (unused.length > 0) {
      throw invalid(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`);
    }
  }
}

function checkKeys(
  parameter: string,
  keys: readonly string[],
  form: RegExp,
  expressions: Readonly<Record<string, string | undefined>>,
): void {
  if (Object.values(expressions).every((expression) => expression === undefined)) {
    const missing = Object.keys(expressions).join(' and ');
    const are = Object.keys(expressions).length > 1 ? 'are' : 'is';
    throw invalid(`${parameter} can only be specified when using expressions: ${missing} ${are} null`);
  }
  if (keys.length === 0) throw invalid(`${parameter} must not be empty`);
  const wrong = keys.find((key) => !form.test(key));
  if (wrong !== undefined) throw invalid(`${parameter} contains invalid key: Syntax error; key: "${wrong}"`);
}

function valueFrom(key: string, input: unknown): AttributeValue {
  try {
    return readValue(input);
  } catch (error) {
    if (!(error instanceof DynamoError) || error.type !== 'ValidationException') throw error;
    throw invalid(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${key}`);
  }
}
