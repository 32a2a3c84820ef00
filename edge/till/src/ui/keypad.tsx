import { useMessages } from '../i18n/language.tsx';
import { EraseIcon } from './icons.tsx';

interface KeypadProps {
  decimalSign: string | undefined;
  onKey: (key: string) => void;
  onErase: () => void;
}

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const KEY = 'button min-h-13 text-xl';

/** Number keys for a screen without a keyboard. They leave the focus where it is. */
export function Keypad({ decimalSign, onKey, onErase }: KeypadProps) {
  const messages = useMessages();
  const last = decimalSign ?? '00';
  return (
    <fieldset
      aria-label={messages.keypad}
      className="mt-3 grid grid-cols-3 gap-2"
      onMouseDown={(event) => event.preventDefault()}
    >
      {[...DIGITS, last, '0'].map((key) => (
        <button key={key} type="button" tabIndex={-1} className={KEY} onClick={() => onKey(key)}>
          {key}
        </button>
      ))}
      <button type="button" tabIndex={-1} className={KEY} aria-label={messages.erase} onClick={onErase}>
        <EraseIcon />
      </button>
    </fieldset>
  );
}
