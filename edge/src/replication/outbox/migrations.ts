import { CHANNELS } from '@butik/proto/facts/define-fact';
import { GENESIS_HASH } from '@butik/sync/hash-chain';
import type { Migration } from '../../store/store.ts';

const CHANNEL_ROWS = CHANNELS.map((channel) => `('${channel}', '${GENESIS_HASH}')`).join(', ');

/** The outbox of facts and, per channel, where its chain stands and what the hub has acknowledged. */
export const outboxMigrations: Migration[] = [
  {
    id: 'outbox-1',
    up: `
      CREATE TABLE channels (
        channel TEXT PRIMARY KEY,
        last_seq INTEGER NOT NULL DEFAULT 0,
        last_hash TEXT NOT NULL,
        last_hlc TEXT NOT NULL DEFAULT '',
        acknowledged INTEGER NOT NULL DEFAULT 0 CHECK (acknowledged <= last_seq)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO channels (channel, last_hash) VALUES ${CHANNEL_ROWS};

      CREATE TABLE outbox (
        channel TEXT NOT NULL REFERENCES channels (channel),
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        hlc TEXT NOT NULL,
        type TEXT NOT NULL,
        version INTEGER NOT NULL,
        aggregate TEXT NOT NULL,
        payload TEXT NOT NULL,
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (channel, seq)
      ) STRICT;

      CREATE TRIGGER outbox_is_append_only BEFORE UPDATE ON outbox
      BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END;
      CREATE TRIGGER outbox_keeps_unacknowledged BEFORE DELETE ON outbox
      WHEN OLD.seq > (SELECT acknowledged FROM channels WHERE channel = OLD.channel)
      BEGIN SELECT RAISE(ABORT, 'a fact that the hub has not acknowledged is never deleted'); END;
      CREATE TRIGGER channels_never_go_back BEFORE UPDATE ON channels
      WHEN NEW.acknowledged < OLD.acknowledged OR NEW.last_seq < OLD.last_seq
      BEGIN SELECT RAISE(ABORT, 'cursors never go back'); END;
      CREATE TRIGGER channels_are_kept BEFORE DELETE ON channels
      BEGIN SELECT RAISE(ABORT, 'channels are never deleted'); END;
    `,
  },
  {
    // For looking into what happened, not part of the fact: it is in no hash.
    id: 'outbox-2-traceparent',
    up: 'ALTER TABLE outbox ADD COLUMN traceparent TEXT;',
  },
];
