/**
 * A JSON value without its secrets: what a secret's key names, what looks like one inside text (a password in a
 * connection string, a bearer token, a signed token, a private key), and the given literal values. Long texts are cut.
 */
export function maskSecrets(value: unknown, secrets: readonly string[] = []): unknown {
  if (typeof value === 'string') return maskText(value, secrets);
  if (Array.isArray(value)) return value.map((one) => maskSecrets(one, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, SECRET_KEY.test(key) ? MASK : maskSecrets(one, secrets)]),
  );
}

export function maskText(text: string, secrets: readonly string[] = []): string {
  let masked = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  for (const secret of secrets) masked = masked.replaceAll(secret, MASK);
  for (const [pattern, replacement] of SECRET_TEXTS) masked = masked.replace(pattern, replacement);
  return masked;
}

/** Of these values, and the passwords in those that are addresses, what is long enough to be looked for in texts. */
export function literalSecrets(values: readonly (string | undefined)[]): string[] {
  const given = values.filter((value) => value !== undefined);
  const passwords = given.filter((value) => URL.canParse(value)).map((address) => new URL(address).password);
  const all = [...given, ...passwords, ...passwords.map(decoded)];
  // The longest first: one that is part of another must not take it apart.
  return [...new Set(all)]
    .filter(({ length }) => length >= MIN_SECRET_CHARACTERS)
    .sort((a, b) => b.length - a.length);
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

/** Fewer would blank out ordinary words. */
const MIN_SECRET_CHARACTERS = 8;
const MASK = '***';
const MAX_CHARACTERS = 16_000;

const SECRET_KEY =
  /^(?:(?:.*[-_.])?(?:auth|authorization|cookies?)|.*(?:token|password|passwd|passphrase|secret|apikey|api[-_]key|privatekey|private[-_]key)s?|payer.*|pin|pincode|dsn|jwt)$/i;

const NAMED =
  'authorization|cookie|token|password|passwd|pwd|passphrase|secret|api[-_]?key|private[-_]?key|payer\\w{0,30}|\\bpin|\\bdsn|\\bjwt';
/** A quoted text, whatever it is escaped by; a word; of an object or a list everything that follows. */
const NAMED_VALUE = `\\\\*"(?:\\\\.|[^"\\\\])*"|'[^']*'|[{[][\\s\\S]*|[^\\s&;,}"'\\\\]+`;
/** Each goes over a text in about linear time, also over one that was made to be slow. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  // To the last @ of the word: a password may hold one that nobody has percent-encoded.
  [/(:\/\/[^\s:/@"']{0,200}:)[^\s"'<>]{1,500}@/g, `$1${MASK}@`],
  [/\b(bearer|dpop)\s+[\w.~+/=-]{4,}/gi, `$1 ${MASK}`],
  [/\b(basic)\s+[A-Za-z0-9+/]{12,}={0,2}/gi, `$1 ${MASK}`],
  [/\beyJ[\w-]{1,4000}\.[\w-]+(?:\.[\w-]*)?/g, MASK],
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END|$)/g, MASK],
  // As in a query, a header or JSON inside a text.
  [new RegExp(`((?:${NAMED})s?\\\\*["']?\\s{0,5}[=:]\\s{0,5})(?:${NAMED_VALUE})`, 'gi'), `$1${MASK}`],
];
