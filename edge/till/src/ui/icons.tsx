import type { ReactNode } from 'react';

export function CloseIcon() {
  return (
    <Icon>
      <path d="M6 6l12 12M18 6L6 18" />
    </Icon>
  );
}

export function PlusIcon() {
  return (
    <Icon>
      <path d="M12 5v14M5 12h14" />
    </Icon>
  );
}

export function MinusIcon() {
  return (
    <Icon>
      <path d="M5 12h14" />
    </Icon>
  );
}

export function EraseIcon() {
  return (
    <Icon>
      <path d="M9 5h11v14H9l-6-7zM12 9.5l5 5M17 9.5l-5 5" />
    </Icon>
  );
}

export function SearchIcon() {
  return (
    <Icon>
      <circle cx="11" cy="11" r="6.5" />
      <path d="M16 16l4.5 4.5" />
    </Icon>
  );
}

export function BasketIcon({ large = false }: { large?: boolean }) {
  return (
    <Icon large={large}>
      <path d="M3 10h18l-2 10H5zM8 10a4 4 0 0 1 8 0" />
    </Icon>
  );
}

/** Decoration beside a text or a label, so hidden from screen readers. */
function Icon({ large = false, children }: { large?: boolean; children: ReactNode }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      className={`${large ? 'size-10 stroke-[1.5]' : 'size-5 stroke-2'} shrink-0 fill-none stroke-current`}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  );
}
