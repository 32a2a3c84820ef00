/** What the page keeps over a reload; a value that cannot be read counts as none. */
export interface SessionSlot<T> {
  load(): T | null;
  save(value: T): void;
  clear(): void;
}

/** `isValue` guards against what an older version of the page left behind. */
export function sessionSlot<T>(key: string, isValue: (value: unknown) => value is T): SessionSlot<T> {
  return {
    load() {
      const text = sessionStorage.getItem(key);
      if (text === null) return null;
      const value = parse(text);
      return isValue(value) ? value : null;
    },
    save: (value) => sessionStorage.setItem(key, JSON.stringify(value)),
    clear: () => sessionStorage.removeItem(key),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
