import type { Channel } from '@butik/proto/facts/define-fact';

/** How the box stands with the hub, as `GET /v1/sync` answers. */
export interface SyncStatus {
  /** `refused`: the hub does not let this box sync (fenced, forked, unknown). Selling goes on. */
  hub: 'connected' | 'unreachable' | 'refused';
  unsent: {
    facts: number;
    /** Unsent facts that are sales or returns. */
    sales: number;
    /** When the oldest unsent fact was written, ISO 8601. */
    oldestAt: string | null;
  };
  channels: { channel: Channel; lastSeq: number; acknowledged: number }[];
  down: {
    /** The hub's log position that the replica stands at, decimal. */
    position: string | null;
    /** Everything the hub has said so far is in the store. */
    upToDate: boolean;
    lastCutAt: string | null;
  };
  lastError: { code: string; message: string; at: string } | null;
}
