/**
 * numerator ÷ denominator as a whole number, halves rounded away from zero, so that a return is the
 * exact mirror of its sale. BigInt because price × quantity may pass 2^53 before the division.
 * The denominator is above zero.
 */
export function divideRounded(numerator: bigint, denominator: bigint): number {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (magnitude * 2n + denominator) / (denominator * 2n);
  return Number(numerator < 0n ? -rounded : rounded);
}
