import { invalid } from '../dynamo-error.ts';

const MAX_DIGITS = 38;
/** Exponents of numbers written as 0.d × 10^e, for 1E-130 ≤ |n| < 1E126. */
const MIN_EXPONENT = -129;
const MAX_EXPONENT = 126;
const EXPONENT_BIAS = 200;
/** What nearly all numbers are, and already the one way of writing them. */
const PLAIN_INTEGER = /^(?:0|-?[1-9]\d{0,30})$/;
const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** ±0.digits × 10^exponent, digits without zeros at either end; zero has no digits. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/** The one way a number is written: plain digits, no exponent, nothing that says nothing. Throws what DynamoDB throws. */
export function normaliseNumber(text: string): string {
  return PLAIN_INTEGER.test(text) ? text : format(parse(text));
}

/** `left + sign × right`, exact. */
export function addNumbers(left: string, right: string, sign: 1 | -1): string {
  const a = parse(left);
  const b = parse(right);
  const scale = Math.min(a.exponent - a.digits.length, b.exponent - b.digits.length);
  const sum = scaled(a, scale) + BigInt(sign) * scaled(b, scale);
  const magnitude = (sum < 0n ? -sum : sum).toString();
  return format(decimal(sum < 0n, magnitude, magnitude.length + scale));
}

/** Text whose byte order is the order of the numbers. */
export function sortableNumber(text: string): string {
  const { negative, digits, exponent } = parse(text);
  if (digits === '') return '1';
  const magnitude = String(exponent + EXPONENT_BIAS).padStart(3, '0') + digits;
  if (!negative) return `2${magnitude}`;
  // Digits turned round, and closed by a sign above them all: -1.5 comes before -1.
  return `0${magnitude.replace(/\d/g, (digit) => String(9 - Number(digit)))}~`;
}

function parse(text: string): Decimal {
  const match = FORM.exec(text);
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (!match || whole + fraction === '') {
    throw invalid(`The parameter cannot be converted to a numeric value${text === '' ? '' : `: ${text}`}`);
  }
  return decimal(match[1] === '-', whole + fraction, whole.length + Number(match[4] ?? 0));
}

function decimal(negative: boolean, rawDigits: string, rawExponent: number): Decimal {
  const significant = rawDigits.replace(/^0+/, '');
  const digits = significant.replace(/0+$/, '');
  if (digits === '') return { negative: false, digits, exponent: 0 };
  const exponent = rawExponent - (rawDigits.length - significant.length);
  if (exponent > MAX_EXPONENT) {
    throw invalid('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (exponent < MIN_EXPONENT) {
    throw invalid(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  }
  if (digits.length > MAX_DIGITS) {
    throw invalid('Attempting to store more than 38 significant digits in a Number');
  }
  return { negative, digits, exponent };
}

function format({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0';
  const sign = negative ? '-' : '';
  if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`;
  if (exponent >= digits.length) return sign + digits.padEnd(exponent, '0');
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

function scaled({ negative, digits, exponent }: Decimal, scale: number): bigint {
  if (digits === '') return 0n;
  const magnitude = BigInt(digits) * 10n ** BigInt(exponent - digits.length - scale);
  return negative ? -magnitude : magnitude;
}
