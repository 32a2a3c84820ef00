/** A scanner types faster than a person: what comes slower than this is typing. */
const MAX_GAP_MS = 50;
const MIN_LENGTH = 4;
/** GS1 element strings are at most 90 characters or so; own codes 64. */
const MAX_LENGTH = 256;
/** FNC1 between the elements of a GS1 code; most wedges send it as Ctrl+]. */
const GROUP_SEPARATOR = '\u001d';

export interface Key {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  /** Milliseconds, as on the keyboard event: when the key went down, not when the page had time for it. */
  timeStamp: number;
}

/** `started`: this key may begin a scan. `scanned`: this key was the Enter that ended one. */
export type WedgeStep = { step: 'started' | 'continued' | 'ignored' } | { step: 'scanned'; data: string };

/** Tells a scanner that types (a keyboard wedge) from a person, key by key. */
export function createWedge(): (key: Key) => WedgeStep {
  let buffer = '';
  let lastAt = Number.NEGATIVE_INFINITY;

  return (key) => {
    const fast = key.timeStamp - lastAt <= MAX_GAP_MS;
    if (key.key === 'Enter') {
      const data = fast && buffer.length >= MIN_LENGTH ? buffer : null;
      buffer = '';
      return data === null ? { step: 'ignored' } : { step: 'scanned', data };
    }
    const character = toCharacter(key);
    if (character === null) return { step: 'ignored' };
    lastAt = key.timeStamp;
    if (fast && buffer !== '') {
      buffer = (buffer + character).slice(-MAX_LENGTH);
      return { step: 'continued' };
    }
    buffer = character;
    return { step: 'started' };
  };
}

function toCharacter({ key, ctrlKey, altKey, metaKey }: Key): string | null {
  if (ctrlKey && !altKey && key === ']') return GROUP_SEPARATOR;
  // AltGr, with which some layouts type `]`, reports itself as Ctrl+Alt.
  if (metaKey || ctrlKey !== altKey) return null;
  return [...key].length === 1 ? key : null;
}
