import { sql as template } from 'drizzle-orm';
import { sqlOutboxMigration } from '../../kernel/outbox/sql-outbox.ts';
import type { Migration } from '../../kernel/sql/migrate.ts';

/** The schema of this service. */
export const SCHEMA = 'payment';

/**
 * Amounts are whole minor units (öre) in a bigint beside their currency, not DECIMAL(10,2): they are added without
 * rounding, hold yen and dinars as well, and are the same number in the code, on the wire and here.
 * The columns from `first_sent_at` to `review` say how far a payment or refund whose outcome is open has come.
 */
const TRANSFERS = `
  CREATE TABLE payment.payments (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    shop_id uuid,
    user_id text NOT NULL,
    amount_minor bigint NOT NULL,
    refunded_minor bigint NOT NULL DEFAULT 0,
    currency text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'processed', 'failed', 'cancelled', 'refunded')),
    payment_method text NOT NULL,
    gateway text NOT NULL,
    gateway_transaction_id text NOT NULL DEFAULT '',
    payer text NOT NULL,
    message text NOT NULL,
    failure_code text NOT NULL DEFAULT '',
    content_hash text,
    cancel_asked_at timestamptz,
    cancel_reason text NOT NULL DEFAULT '',
    pay_by timestamptz NOT NULL,
    processed_at timestamptz,
    first_sent_at timestamptz,
    last_sent_at timestamptz,
    unknown_at timestamptz,
    looks integer NOT NULL DEFAULT 0,
    look_at timestamptz,
    lease uuid,
    lease_until timestamptz,
    review text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (content_hash IS NULL OR amount_minor > 0 AND shop_id IS NOT NULL),
    CHECK (content_hash IS NOT NULL OR status = 'cancelled'),
    CHECK (refunded_minor BETWEEN 0 AND amount_minor),
    CHECK (status <> 'refunded' OR refunded_minor = amount_minor)
  );
  CREATE INDEX payments_time ON payment.payments (created_at, id);
  CREATE INDEX payments_shop ON payment.payments (shop_id, created_at, id);
  CREATE INDEX payments_order ON payment.payments (order_id);
  CREATE INDEX payments_transaction ON payment.payments (gateway, gateway_transaction_id);
  CREATE INDEX payments_settled ON payment.payments (gateway, processed_at) WHERE processed_at IS NOT NULL;
  CREATE INDEX payments_open ON payment.payments (look_at) WHERE status = 'pending';
  CREATE TABLE payment.refunds (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL REFERENCES payment.payments (id),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'processed', 'failed')),
    reason text NOT NULL,
    gateway_transaction_id text NOT NULL DEFAULT '',
    failure_code text NOT NULL DEFAULT '',
    content_hash text NOT NULL,
    first_sent_at timestamptz,
    last_sent_at timestamptz,
    unknown_at timestamptz,
    looks integer NOT NULL DEFAULT 0,
    look_at timestamptz,
    lease uuid,
    lease_until timestamptz,
    review text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  );
  CREATE INDEX refunds_payment ON payment.refunds (payment_id);
  CREATE INDEX refunds_open ON payment.refunds (look_at) WHERE status = 'pending';
`;

/** Money that moved, once per payment and once per refund, and its double entry; what people and gateways did. */
const BOOKS = `
  CREATE TABLE payment.payment_transactions (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL REFERENCES payment.payments (id),
    refund_id uuid UNIQUE REFERENCES payment.refunds (id),
    kind text NOT NULL CHECK (kind IN ('charge', 'refund')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    gateway text NOT NULL,
    gateway_transaction_id text NOT NULL,
    booked_at timestamptz NOT NULL,
    CHECK ((kind = 'refund') = (refund_id IS NOT NULL))
  );
  CREATE UNIQUE INDEX charged_once ON payment.payment_transactions (payment_id) WHERE kind = 'charge';
  CREATE TABLE payment.ledger_entries (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_id uuid NOT NULL REFERENCES payment.payment_transactions (id),
    account text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0)
  );
  CREATE INDEX ledger_transaction ON payment.ledger_entries (transaction_id);
  CREATE INDEX ledger_account ON payment.ledger_entries (account);
  CREATE TABLE payment.gateway_calls (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL REFERENCES payment.payments (id),
    refund_id uuid REFERENCES payment.refunds (id),
    gateway text NOT NULL,
    operation text NOT NULL,
    begun_at timestamptz NOT NULL,
    ended_at timestamptz,
    outcome text,
    detail jsonb
  );
  CREATE INDEX gateway_calls_payment ON payment.gateway_calls (payment_id, begun_at);
  CREATE TABLE payment.audit (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    action text NOT NULL,
    change jsonb NOT NULL
  );
  CREATE INDEX audit_subject ON payment.audit (subject, position);
  CREATE TABLE payment.reconciliations (
    id uuid PRIMARY KEY,
    gateway text NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    result jsonb NOT NULL
  );
`;

/**
 * `refused_code`: the gateway refused what was sent to it once more, while what was sent before may still arrive.
 * What waits for people is few, and is asked for often.
 */
const REFUSALS = `
  ALTER TABLE payment.payments ADD COLUMN refused_code text;
  ALTER TABLE payment.refunds ADD COLUMN refused_code text;
  CREATE INDEX payments_review ON payment.payments (created_at, id) WHERE review IS NOT NULL;
  CREATE INDEX refunds_review ON payment.refunds (payment_id) WHERE review IS NOT NULL;
`;

const refuseChange = template`
  CREATE FUNCTION payment.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'what % holds is never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END $$`;

/** Runs at the commit, when all entries are there. It also holds a later entry to the transaction's amount. */
const checkBalance = template`
  CREATE FUNCTION payment.check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    booked uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
  BEGIN
    PERFORM FROM payment.payment_transactions AS moved
      JOIN payment.ledger_entries AS entry ON entry.transaction_id = moved.id
      WHERE moved.id = booked
      GROUP BY moved.id
      HAVING sum(entry.amount_minor) = 0
        AND sum(entry.amount_minor) FILTER (WHERE entry.amount_minor > 0) = moved.amount_minor;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'transaction % does not balance', booked USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$`;

const APPEND_ONLY = ['payment_transactions', 'ledger_entries', 'audit', 'reconciliations'];

export const paymentMigrations: Migration[] = [
  { id: '1-schema', up: template`CREATE SCHEMA IF NOT EXISTS payment` },
  { id: '2-transfers', up: TRANSFERS },
  { id: '3-books', up: BOOKS },
  { id: '4-refuse-change', up: refuseChange },
  { id: '5-check-balance', up: checkBalance },
  {
    id: '6-triggers',
    up: [
      ...APPEND_ONLY.map(
        (table) => `CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payment.${table}
          FOR EACH ROW EXECUTE FUNCTION payment.refuse_change();
          CREATE TRIGGER never_emptied BEFORE TRUNCATE ON payment.${table}
          FOR EACH STATEMENT EXECUTE FUNCTION payment.refuse_change();`,
      ),
      `CREATE TRIGGER answered_once BEFORE UPDATE ON payment.gateway_calls
        FOR EACH ROW WHEN (OLD.outcome IS NOT NULL) EXECUTE FUNCTION payment.refuse_change();`,
      `CREATE TRIGGER calls_stay BEFORE DELETE ON payment.gateway_calls
        FOR EACH ROW EXECUTE FUNCTION payment.refuse_change();`,
      `CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON payment.ledger_entries
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payment.check_balance('transaction_id');`,
      `CREATE CONSTRAINT TRIGGER booked AFTER INSERT ON payment.payment_transactions
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payment.check_balance('id');`,
    ].join('\n'),
  },
  sqlOutboxMigration(SCHEMA),
  { id: '7-refusals', up: REFUSALS },
];
