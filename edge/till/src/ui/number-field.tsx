import { type ReactNode, useId } from 'react';
import { Keypad } from './keypad.tsx';

interface NumberFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** The decimal sign when the number may have decimals. */
  decimalSign?: string;
  placeholder?: string;
  /** Between the field and its keys. */
  children?: ReactNode;
}

const MAX_LENGTH = 10;

/** A number by keyboard or by the keys on the screen; `inputMode` none keeps a tablet's keyboard away. */
export function NumberField(props: NumberFieldProps) {
  const { label, value, onChange, decimalSign, placeholder, children } = props;
  const id = useId();
  const allowed = decimalSign ? /[^\d.,]/g : /\D/g;
  const set = (text: string) => onChange(text.replaceAll(allowed, '').slice(0, MAX_LENGTH));

  return (
    <div>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        data-autofocus
        className="field min-h-14 text-right text-2xl font-semibold placeholder:font-normal"
        inputMode="none"
        autoComplete="off"
        placeholder={placeholder}
        value={value}
        onChange={(event) => set(event.target.value)}
      />
      {children}
      <Keypad
        decimalSign={decimalSign}
        onKey={(key) => set(value + key)}
        onErase={() => set(value.slice(0, -1))}
      />
    </div>
  );
}
