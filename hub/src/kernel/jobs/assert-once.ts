/** One process has one handler of a name; a second one is a slip of the program. */
export function assertOnce(taken: Set<string>, what: string): void {
  if (taken.has(what)) throw new Error(`This process has a handler of the ${what} already.`);
  taken.add(what);
}
