import type { CDPSession, Page } from 'playwright-core';

const SCANNER_GAP_MS = 8;
const PERSON_GAP_MS = 160;

/** A keyboard-wedge scanner: the characters of a code, quickly, and Enter. */
export function scanBarcode(page: Page, code: string): Promise<void> {
  return typeKeys(page, code, SCANNER_GAP_MS);
}

/** The same keys as a person presses them. */
export function typeByHand(page: Page, text: string): Promise<void> {
  return typeKeys(page, text, PERSON_GAP_MS);
}

/** Each key says when it was pressed, so a slow machine does not turn a scanner into a person. */
async function typeKeys(page: Page, text: string, gapMs: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const keys = [...text, 'Enter'];
  const firstAtMs = Date.now() - keys.length * gapMs;
  for (const [index, key] of keys.entries()) await press(session, key, firstAtMs + index * gapMs);
  await session.detach();
}

async function press(session: CDPSession, key: string, atMs: number): Promise<void> {
  const timestamp = atMs / 1000;
  const enter = key === 'Enter' ? { code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' } : { text: key };
  await session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, timestamp, ...enter });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key, timestamp });
}
