import { useQuery } from '@tanstack/react-query';
import { getShop } from '../api/edge.ts';
import { explain } from '../i18n/explain.ts';
import { useMessages } from '../i18n/language.tsx';
import { ShopProvider } from './shop.tsx';
import { Till } from './till.tsx';

/** Learns which shop this is before it shows the till. */
export function App() {
  const messages = useMessages();
  const { data: shop, error } = useQuery({
    queryKey: ['shop'],
    queryFn: ({ signal }) => getShop(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (shop) {
    return (
      <ShopProvider value={shop}>
        <Till />
      </ShopProvider>
    );
  }
  if (!error) return null;
  const { title, remedy } = explain(error, messages);
  return (
    <main role="alert" className="flex h-full flex-col items-center justify-center gap-2 p-8 text-center">
      <h1 className="text-2xl font-semibold">{title}</h1>
      <p className="text-muted">{remedy}</p>
    </main>
  );
}
