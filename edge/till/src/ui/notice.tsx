import { useEffect, useRef } from 'react';
import type { Explanation } from '../i18n/explain.ts';
import { useMessages } from '../i18n/language.tsx';
import { CloseIcon } from './icons.tsx';

/** What went wrong and what to do about it. A popover, so that it lies above an open dialog too. */
export function Notice({ notice, onClose }: { notice: Explanation; onClose: () => void }) {
  const messages = useMessages();
  const ref = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const popover = ref.current;
    popover?.showPopover();
    return () => popover?.hidePopover();
  }, []);

  return (
    <div
      ref={ref}
      popover="manual"
      role="alert"
      className="fixed inset-auto top-3 left-1/2 m-0 w-[min(34rem,calc(100vw-1.5rem))] -translate-x-1/2 rounded-2xl border border-bad/40 bg-bad-soft py-3 pr-3 pl-5 text-bad shadow-xl xl:top-auto xl:bottom-4 xl:left-4 xl:w-[24rem] xl:translate-x-0"
    >
      <div className="flex items-center gap-4">
        <div className="min-w-0 flex-1">
          <p className="text-lg font-semibold wrap-anywhere">{notice.title}</p>
          <p className="text-ink">{notice.remedy}</p>
        </div>
        <button
          type="button"
          className="button border-transparent bg-transparent px-0"
          aria-label={messages.close}
          onClick={onClose}
        >
          <CloseIcon />
        </button>
      </div>
    </div>
  );
}
