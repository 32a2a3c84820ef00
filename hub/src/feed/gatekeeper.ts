import type { Collection } from '@butik/proto/collections/define-collection';
import { COLLECTIONS } from '@butik/proto/collections/registry';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { forwardToElectric } from './forward-to-electric.ts';
import { closingSignal, goneSignal, queryOf, sendAnswer } from './shape-routes.ts';
import type { ShapeServer } from './shapes/shape-server.ts';

/** The box behind a request; it decides what the box may follow. */
export interface FollowingNode {
  nodeId: string;
  epoch: number;
  shopId: string;
  groupIds: string[];
}

export interface GatekeeperOptions {
  /** The embedded server, or else `electricUrl`. */
  shapes?: ShapeServer;
  /** Base address of an Electric service on the same database. */
  electricUrl?: string;
  /** Who asks; throws a ButikError for one it does not know. */
  authenticate(request: FastifyRequest): Promise<FollowingNode>;
}

/** What a box may say of a shape: where it stands, never what it wants to see. */
const PROTOCOL_PARAMS = new Set([
  'offset',
  'handle',
  'live',
  'cursor',
  'expired_handle',
  'cache-buster',
  'log',
]);

/**
 * `GET /sync/v1/shape?collection=NAME&…`: Electric's protocol for one collection, of which the box sees the rows
 * of the chain, its groups and its shop. The columns are the table's: it has exactly the collection's, and a
 * list of them here would change the shape, and make every shop fetch anew, when a column is added.
 * Throws SHAPE_DENIED for another collection or any parameter that is not the protocol's.
 */
export function gatekeeper({ shapes, electricUrl, authenticate }: GatekeeperOptions): FastifyPluginAsync {
  return async (app) => {
    const closing = closingSignal(app);
    app.get('/sync/v1/shape', { config: { permission: 'node' } }, async (request, reply) => {
      const node = await authenticate(request);
      const query = pinnedQuery(queryOf(request), node);
      const context = {
        ifNoneMatch: request.headers['if-none-match'] ?? null,
        signal: AbortSignal.any([goneSignal(reply), closing]),
      };
      const answer = electricUrl
        ? await forwardToElectric(electricUrl, query, context)
        : await shapes!.answer(query, context);
      // The same address holds other rows for another box, and a box that asks wants the newest position. A chain-wide
      // collection has the same rows for all, but who may read them is told by a header that a shared cache does
      // not check: it would hand them to anybody who knows the address.
      const headers = { ...answer.headers, 'cache-control': 'private, no-cache', vary: 'authorization' };
      return sendAnswer(reply, { ...answer, headers }, closing);
    });
  };
}

/** The query for the shape server: the protocol's parameters as they came, the rest by who asks. */
function pinnedQuery(asked: URLSearchParams, node: FollowingNode): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of asked) {
    if (name === 'collection') continue;
    if (!PROTOCOL_PARAMS.has(name))
      throw denied(`The parameter ${name} is not a box’s to set.`, { parameter: name });
    if (query.has(name)) throw denied(`The parameter ${name} is there twice.`, { parameter: name });
    query.set(name, value);
  }
  const names = asked.getAll('collection');
  const collection = names.length === 1 ? COLLECTIONS.find(({ name }) => name === names[0]) : undefined;
  if (!collection)
    throw denied('The parameter collection must name one collection.', { parameter: 'collection' });
  query.set('table', `feed."${collection.name}"`);
  for (const [name, value] of scopeParams(collection, node)) query.set(name, value);
  return query;
}

/** Groups are sorted, so that boxes of equal groups share a shape where they can. */
function scopeParams({ scoping }: Collection, { shopId, groupIds }: FollowingNode): [string, string][] {
  if (scoping === 'chain') return [];
  const scopes = ['chain', ...[...new Set(groupIds)].sort().map((id) => `group:${id}`), `shop:${shopId}`];
  const places = scopes.map((_, index) => `$${index + 1}`);
  return [
    ['where', `scope IN (${places.join(', ')})`],
    ...scopes.map((scope, index): [string, string] => [`params[${index + 1}]`, scope]),
  ];
}

function denied(message: string, details: Record<string, unknown>): ButikError {
  return new ButikError('SHAPE_DENIED', { message, details });
}
