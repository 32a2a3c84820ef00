import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toSwishId } from '../swish-id.ts';
import { openBank, resourceOf, type Transfer } from './bank.ts';
import type { Behaviour } from './behaviour.ts';
import { openCallbackPosts } from './callback-post.ts';
import type { BankLedger } from './ledger.ts';
import { type Counter, takeRequest } from './take-request.ts';
import { wrong } from './validate.ts';
import { answer, readJson, refuse } from './wire.ts';

/** The bank, and what only a test may do to it. Ids are the UUIDs of the payments and refunds. */
export interface SwishSimulator {
  url: string;
  ledger: BankLedger;
  /** What the bank has of a payment or refund; undefined when it never heard of it. */
  find(id: string): Readonly<Transfer> | undefined;
  /** How many requests of each kind have come: `PUT paymentrequests`, `GET refunds`, … */
  requests: Map<string, number>;
  /** The next payment or refund is treated so, whatever its message. */
  behave(behaviour: Behaviour): void;
  /** The payer, or the bank after all, decides; a callback tells of it. */
  decide(id: string, status: 'PAID' | 'DECLINED'): void;
  /** How many answers are held. */
  held(): number;
  /** Sends the answers that are held. */
  release(): void;
  /** A request that was delayed arrives now. */
  arrive(id: string): void;
  /** Loses one id, or all: from then on they are not known. */
  forget(id?: string): void;
  /** Every request breaks while it is cut. */
  cut(isCut: boolean): void;
  /** Resolves when no callback is on its way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const RESOURCE = /^\/swish-cpcapi\/api\/(v1|v2)\/(paymentrequests|refunds)\/([0-9A-F]{32})$/;

/** Speaks Swish's protocol over HTTP; README.md says how it behaves. */
export async function startSwishSimulator(
  options: { port?: number; host?: string; checksIdLast?: boolean } = {},
): Promise<SwishSimulator> {
  const { port = 0, host = '127.0.0.1', checksIdLast = false } = options;
  const bank = openBank();
  const callbacks = openCallbackPosts();
  const requests = new Map<string, number>();
  let held: (() => void)[] = [];
  let next: Behaviour | undefined;
  let isCut = false;
  const counter: Counter = {
    bank,
    callbacks,
    nextBehaviour() {
      const behaviour = next;
      next = undefined;
      return behaviour;
    },
    lost: new Set(),
    delayed: new Map(),
    checksIdLast,
    hold: (send) => void held.push(send),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isCut) return void response.destroy();
    const { pathname } = new URL(request.url ?? '/', 'http://bank');
    const [, version, plural, id] = RESOURCE.exec(pathname) ?? [];
    if (id === undefined) return answer(response, 404);
    const seen = `${request.method} ${plural}`;
    requests.set(seen, (requests.get(seen) ?? 0) + 1);
    const kind = plural === 'paymentrequests' ? 'payment' : 'refund';
    if (request.method === 'PUT' && version === 'v2') {
      return await takeRequest(counter, { kind, id }, request, response);
    }
    const transfer = bank.find(kind, id);
    if (request.method === 'GET' && version === 'v1') return look(transfer, response);
    if (request.method === 'PATCH' && version === 'v1' && kind === 'payment') {
      return await cancel(transfer, request, response);
    }
    answer(response, 405);
  }

  function look(transfer: Transfer | undefined, response: ServerResponse): void {
    if (!transfer) {
      answer(response, 404);
      return;
    }
    transfer.looks += 1;
    const { behaviour } = transfer;
    if (behaviour.kind === 'late-looks' && transfer.looks >= behaviour.looks) bank.pay(transfer);
    answer(response, 200, resourceOf(transfer));
  }

  async function cancel(
    transfer: Transfer | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const patch = JSON.stringify(await readJson(request));
    if (!transfer) return answer(response, 404);
    if (patch !== '[{"op":"replace","path":"/status","value":"cancelled"}]') {
      return refuse(response, wrong('PA01', 'Parameter is not correct'));
    }
    if (transfer.status !== 'CREATED') {
      return refuse(response, wrong('RP07', 'The payment request cannot be cancelled any more'));
    }
    bank.end(transfer, 'CANCELLED');
    answer(response, 200, resourceOf(transfer));
    callbacks.post(transfer);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const findAny = (id: string) => bank.find('payment', toSwishId(id)) ?? bank.find('refund', toSwishId(id));

  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    ledger: {
      ...bank.ledger,
      movedFor: (id) => bank.ledger.movedFor(toSwishId(id)),
    },
    find: findAny,
    requests,
    behave(behaviour) {
      next = behaviour;
    },
    decide(id, status) {
      const transfer = findAny(id);
      if (!transfer) return;
      if (status === 'PAID') bank.pay(transfer);
      else bank.end(transfer, 'DECLINED');
      callbacks.post(transfer);
    },
    held: () => held.length,
    release() {
      const sends = held;
      held = [];
      for (const send of sends) send();
    },
    arrive: (id) => counter.delayed.get(toSwishId(id))?.arrive(),
    forget: (id) => bank.forget(id && toSwishId(id)),
    cut(cut) {
      isCut = cut;
    },
    idle: callbacks.idle,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await callbacks.idle();
    },
  };
}
