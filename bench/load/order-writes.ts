/** What one order writes until it is confirmed, in order: what a bare handler is made to write. */
export type OrderWrite =
  | { engine: 'documents'; operation: string; body: string }
  /** The statements of one transaction, or one alone. */
  | { engine: 'sql'; statements: { text: string; params: (string | null)[] }[] };

export interface OrderWrites {
  writes: OrderWrite[];
  /** First part of the names of the tables in `writes`. */
  tablePrefix: string;
  /** Ids that are the same for every order: the shop and its product. */
  lasting: string[];
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The same writes for another order: every id is fresh, but for those that last. */
export function freshWrites({ writes, lasting }: OrderWrites, newId: () => string): OrderWrite[] {
  const fresh = new Map(lasting.map((id) => [id, id]));
  const renew = (text: string) =>
    text.replace(UUID, (old) => {
      const id = fresh.get(old) ?? newId();
      fresh.set(old, id);
      return id;
    });
  return writes.map((write) => {
    if (write.engine === 'documents') return { ...write, body: renew(write.body) };
    const statements = write.statements.map(({ text, params }) => ({
      text,
      params: params.map((param) => (param === null ? null : renew(param))),
    }));
    return { ...write, statements };
  });
}
