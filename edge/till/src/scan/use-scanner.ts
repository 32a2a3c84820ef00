import { useEffect, useEffectEvent } from 'react';
import { createWedge } from './wedge.ts';

/** Calls `onScan` for each scan anywhere on the page, and keeps its characters out of the fields. */
export function useScanner(onScan: (data: string) => void): void {
  const scanned = useEffectEvent(onScan);
  useEffect(() => {
    const wedge = createWedge();
    let field: HTMLInputElement | null = null;
    let valueBefore = '';

    function onKeyDown(event: KeyboardEvent) {
      const result = wedge(event);
      if (result.step === 'started') {
        field = event.target instanceof HTMLInputElement ? event.target : null;
        valueBefore = field?.value ?? '';
      }
      if (result.step !== 'scanned') return;
      // Enter would otherwise press the focused button or send the open form.
      event.preventDefault();
      event.stopPropagation();
      if (field) putBack(field, valueBefore);
      scanned(result.data);
    }

    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, []);
}

/** Sets a field as a person would, so that React hears of it. */
function putBack(field: HTMLInputElement, value: string): void {
  const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
  setter?.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
