import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useMessages } from '../i18n/language.tsx';
import { CloseIcon } from './icons.tsx';

interface DialogProps {
  title: string;
  /** Without it the dialog stays until its owner takes it away. */
  onClose?: () => void;
  children: ReactNode;
}

/** A modal dialog that focuses the element marked `data-autofocus`. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const messages = useMessages();
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => dialog?.close();
  }, []);

  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      className="m-auto max-h-dvh w-full max-w-md overflow-y-auto rounded-2xl bg-surface p-5 text-ink shadow-2xl outline-none backdrop:bg-ink/45 max-sm:mb-0 max-sm:max-w-full max-sm:rounded-b-none"
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClose={() => {
        // A browser lets a second Escape through; a dialog that must stay is opened again.
        if (onClose || ref.current?.open !== false) return;
        ref.current.showModal();
      }}
    >
      <div className="mb-4 flex min-h-12 items-center justify-between gap-4">
        <h2 id={titleId} className="text-xl font-semibold text-balance">
          {title}
        </h2>
        {onClose && (
          <button type="button" className="button px-0" aria-label={messages.close} onClick={onClose}>
            <CloseIcon />
          </button>
        )}
      </div>
      {children}
    </dialog>
  );
}
