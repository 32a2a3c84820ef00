import { explain } from '../i18n/explain.ts';
import { useMessages } from '../i18n/language.tsx';
import { Dialog } from '../ui/dialog.tsx';

/** Shown until the edge has answered; it cannot be closed, as the sale may be recorded already. */
export function SendingDialog({ attempts, reason }: { attempts: number; reason: Error | null }) {
  const messages = useMessages();
  return (
    <Dialog title={attempts === 0 ? messages.sendingTitle : messages.retryTitle}>
      <div className="flex items-center gap-5 pb-2">
        <span
          aria-hidden="true"
          className="size-10 shrink-0 animate-spin rounded-full border-4 border-accent-soft border-t-accent motion-reduce:animate-none"
        />
        <div role="status">
          {reason && (
            <>
              <p className="font-semibold">{explain(reason, messages).title}</p>
              <p className="text-muted">{messages.retryText(attempts + 1)}</p>
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}
