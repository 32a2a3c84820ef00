/** For tests: the file of what was said in protocol version 1, by its name in `sync/fixtures/v1`. */
export function fixtureUrl(name: string): URL {
  return new URL(`../../fixtures/v1/${name}.json`, import.meta.url);
}
