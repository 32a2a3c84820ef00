/** What the page keeps; a value that cannot be read counts as none. */
export interface StoredSlot<T> {
  load(): T | null;
  save(value: T): void;
  clear(): void;
}

/**
 * `sessionStorage` outlives a reload, `localStorage` the browser. `isValue` guards against what an older
 * version of the page left behind.
 */
export function storedSlot<T>(
  storage: Storage,
  key: string,
  isValue: (value: unknown) => value is T,
): StoredSlot<T> {
  return {
    load() {
      const text = storage.getItem(key);
      if (text === null) return null;
      const value = parse(text);
      return isValue(value) ? value : null;
    },
    save: (value) => storage.setItem(key, JSON.stringify(value)),
    clear: () => storage.removeItem(key),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
