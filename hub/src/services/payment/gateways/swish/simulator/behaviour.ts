/** What the bank does with one request. */
export type Behaviour =
  | { kind: 'pay' | 'late' | 'decline' | 'twice' | 'hold' | 'never' | 'lost' | 'short' }
  | { kind: 'late-looks'; looks: number }
  | { kind: 'refuse' | 'error'; code: string }
  /** The connection breaks, and the request arrives later: when it is repeated, or when `arrive` is told. */
  | { kind: 'delayed'; until: 'repeated' | 'told' };

const REFUSED_AT_ONCE = [
  'FF08',
  'RP03',
  'BE18',
  'RP01',
  'PA02',
  'AM06',
  'AM02',
  'AM03',
  'AM04',
  'RP02',
  'RP06',
  'RF02',
  'RF03',
  'RF08',
  'RF09',
  'ACMT03',
  'ACMT01',
  'ACMT07',
];
const FAILS_LATER = ['RF07', 'BANKIDCL', 'BANKIDONGOING', 'FF10', 'TM01', 'DS24'];
const WORDS = ['LATE', 'DECLINE', 'TWICE', 'HOLD', 'NEVER', 'LOST', 'SHORT'] as const;

/** What the message of a payment or refund asks for; README.md lists them. */
export function behaviourOf(message: string): Behaviour {
  const word = WORDS.find((one) => one === message);
  if (word) return { kind: word.toLowerCase() as Lowercase<(typeof WORDS)[number]> };
  const late = /^LATE([1-9])$/.exec(message);
  if (late) return { kind: 'late-looks', looks: Number(late[1]) };
  if (REFUSED_AT_ONCE.includes(message)) return { kind: 'refuse', code: message };
  if (FAILS_LATER.includes(message)) return { kind: 'error', code: message };
  return { kind: 'pay' };
}
