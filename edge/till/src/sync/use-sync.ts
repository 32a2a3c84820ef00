import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { getSync } from '../api/edge.ts';
import type { SyncStatus } from '../api/types.ts';

const POLL_MS = 2_000;
export const SYNC_KEY = ['sync'] as const;

export type Connection = SyncStatus['hub'] | 'no-edge' | 'starting';

/** How the shop's line is and what it has not sent; new prices from the hub reload what the till shows. */
export function useSync(): { connection: Connection; unsentSales: number } {
  const client = useQueryClient();
  const { data, isError } = useQuery({
    queryKey: SYNC_KEY,
    queryFn: ({ signal }) => getSync(signal),
    refetchInterval: POLL_MS,
    refetchIntervalInBackground: true,
  });

  const position = data?.down.position ?? null;
  useEffect(() => {
    if (position === null) return;
    void client.invalidateQueries({ queryKey: ['products'] });
    void client.invalidateQueries({ queryKey: ['quote'] });
  }, [client, position]);

  return {
    connection: isError ? 'no-edge' : (data?.hub ?? 'starting'),
    unsentSales: data?.unsent.sales ?? 0,
  };
}
