import { useMessages } from '../i18n/language.tsx';
import { useMoney } from '../shell/shop.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface CardDialogProps {
  payableMinor: number;
  onPaid: () => void;
  onClose: () => void;
}

/** The terminal stands by itself: a person enters the amount and says that it went through. */
export function CardDialog({ payableMinor, onPaid, onClose }: CardDialogProps) {
  const messages = useMessages();
  const money = useMoney();
  return (
    <Dialog title={messages.cardTitle} onClose={onClose}>
      <p className="text-muted">{messages.cardText}</p>
      <p className="my-8 text-center text-5xl font-bold tracking-tight whitespace-nowrap">
        {money(payableMinor)}
      </p>
      <button
        type="button"
        data-autofocus
        className="button button-primary min-h-16 w-full text-xl"
        onClick={onPaid}
      >
        {messages.cardApproved}
      </button>
      <button type="button" className="button mt-3 w-full" onClick={onClose}>
        {messages.cancel}
      </button>
    </Dialog>
  );
}
