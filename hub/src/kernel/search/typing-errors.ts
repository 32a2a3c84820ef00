/** How many typing errors a word is forgiven, by its length in letters: none below 4, one below 8, two from there. */
export const FORGIVEN = { oneFrom: 4, twoFrom: 8 };

/** Words that a mistyped one may have meant, at most. */
export const MAX_MEANT_WORDS = 10;

export function forgivenErrors(word: string): number {
  const { length } = [...word];
  if (length < FORGIVEN.oneFrom) return 0;
  return length < FORGIVEN.twoFrom ? 1 : 2;
}

/** How many letters were left out, added, mistaken or swapped with their neighbour between two words. */
export function typingErrors(one: string, other: string): number {
  const a = [...one];
  const b = [...other];
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let errors = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        errors = Math.min(errors, beforeLast[column - 2]! + 1);
      }
      current.push(errors);
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length]!;
}
