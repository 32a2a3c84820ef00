import { COLLECTIONS } from '@butik/proto/collections/registry';
import { catalogueMigrations } from '../catalogue/migrations.ts';
import { replicaMigrations } from '../replication/down/migrations.ts';
import { outboxMigrations } from '../replication/outbox/migrations.ts';
import { salesMigrations } from '../sales/migrations.ts';
import { stockMigrations } from '../stock/migrations.ts';
import { answersMigrations } from './answers-migrations.ts';
import { ownerMigrations } from './owner-migrations.ts';
import type { Migration } from './store.ts';

/** The shop's whole schema: each room's steps, a room after those whose tables it refers to. */
export const migrations: readonly Migration[] = [
  ...ownerMigrations,
  ...outboxMigrations,
  ...replicaMigrations(COLLECTIONS),
  ...catalogueMigrations,
  ...answersMigrations,
  ...salesMigrations,
  ...stockMigrations,
];
