import { LANGUAGES, type Language, useLanguage } from '../i18n/language.tsx';
import { type Connection, useSync } from '../sync/use-sync.ts';

const LOOK: Record<Connection, { pill: string; dot: string }> = {
  starting: { pill: 'bg-paper text-muted', dot: 'bg-edge' },
  connected: { pill: 'bg-accent-soft text-accent-deep', dot: 'bg-accent' },
  unreachable: { pill: 'bg-warn-soft text-warn', dot: 'bg-warn' },
  refused: { pill: 'bg-warn-soft text-warn', dot: 'bg-warn' },
  'no-edge': { pill: 'bg-bad-soft text-bad', dot: 'bg-bad' },
};

/** The shop, how its line is, and what it has not sent yet: told, never in the way. */
export function TopBar({ shopName }: { shopName: string }) {
  const { messages } = useLanguage();
  const { connection, unsentSales } = useSync();
  const { pill, dot } = LOOK[connection];
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-surface px-4 py-2">
      <span className="mr-auto min-w-0 truncate text-lg font-semibold">{shopName}</span>
      <div
        role="status"
        className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 sm:gap-x-4 max-sm:order-last max-sm:w-full"
      >
        <span className={`flex items-center gap-2 rounded-full px-2.5 py-1.5 text-sm font-medium ${pill}`}>
          <span aria-hidden="true" className={`size-2.5 shrink-0 rounded-full ${dot}`} />
          {messages.connection[connection]}
        </span>
        <span
          data-testid="unsent"
          className={`text-sm whitespace-nowrap ${unsentSales > 0 ? 'font-semibold' : 'text-muted'}`}
        >
          {messages.unsent(unsentSales)}
        </span>
      </div>
      <LanguageSwitch />
    </header>
  );
}

function LanguageSwitch() {
  const { language, messages, choose } = useLanguage();
  return (
    <fieldset aria-label={messages.language} className="flex rounded-xl border border-line">
      {(Object.keys(LANGUAGES) as Language[]).map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={one === language}
          aria-label={LANGUAGES[one].name}
          className="min-h-12 min-w-12 rounded-xl text-sm font-medium text-muted uppercase aria-pressed:bg-accent-soft aria-pressed:text-accent-deep"
          onClick={() => choose(one)}
        >
          {one}
        </button>
      ))}
    </fieldset>
  );
}
