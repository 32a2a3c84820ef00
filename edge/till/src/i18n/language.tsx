import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { en } from './en.ts';
import { type Messages, sv } from './sv.ts';

export const LANGUAGES = { sv: { name: 'Svenska', messages: sv }, en: { name: 'English', messages: en } };
export type Language = keyof typeof LANGUAGES;

const STORAGE_KEY = 'butik-till-language';
const DEFAULT: Language = 'sv';

interface Chosen {
  language: Language;
  messages: Messages;
  choose: (language: Language) => void;
}

const LanguageContext = createContext<Chosen>({
  language: DEFAULT,
  messages: sv,
  choose: (language) => localStorage.setItem(STORAGE_KEY, language),
});

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => {
    const kept = localStorage.getItem(STORAGE_KEY);
    return isLanguage(kept) ? kept : DEFAULT;
  });
  const { messages } = LANGUAGES[language];

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = messages.till;
  }, [language, messages]);

  function choose(next: Language) {
    localStorage.setItem(STORAGE_KEY, next);
    setLanguage(next);
  }

  return <LanguageContext value={{ language, messages, choose }}>{children}</LanguageContext>;
}

export function useLanguage(): Chosen {
  return useContext(LanguageContext);
}

export function useMessages(): Messages {
  return useContext(LanguageContext).messages;
}

function isLanguage(text: string | null): text is Language {
  return text !== null && Object.hasOwn(LANGUAGES, text);
}
