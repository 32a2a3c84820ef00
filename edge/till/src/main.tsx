import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { NoAnswerError } from './api/errors.ts';
import { LanguageProvider } from './i18n/language.tsx';
import { App } from './shell/app.tsx';

/** A question that the edge did not answer is asked again until it does. */
const ASK_AGAIN_MS = 2_000;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // The browser calls itself offline when the line is down; the edge is still there.
      networkMode: 'always',
      retry: false,
      refetchInterval: ({ state }) => (state.error instanceof NoAnswerError ? ASK_AGAIN_MS : false),
      refetchOnWindowFocus: false,
    },
  },
});

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <LanguageProvider>
        <App />
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
