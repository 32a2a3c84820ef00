import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bank, Transfer } from './bank.ts';
import { type Behaviour, behaviourOf } from './behaviour.ts';
import type { CallbackPosts } from './callback-post.ts';
import { minorOf, paymentErrors, readBody, refundErrors, type SwishBody, wrong } from './validate.ts';
import { answer, readJson, refuse, type SwishError } from './wire.ts';

export interface Counter {
  bank: Bank;
  callbacks: CallbackPosts;
  /** What the control object wants for the next request; overrides its message. */
  nextBehaviour(): Behaviour | undefined;
  /** Ids of requests that broke off before they were taken in. */
  lost: Set<string>;
  /** Requests that are still on their way, by id. */
  delayed: Map<string, { until: 'repeated' | 'told'; arrive: () => void }>;
  /** The rules are checked first, and only then whether the id is taken. */
  checksIdLast: boolean;
  /** Keeps an answer back until it is released. */
  hold(send: () => void): void;
}

/** `PUT /api/v2/paymentrequests/ID` and `PUT /api/v2/refunds/ID`. */
export async function takeRequest(
  counter: Counter,
  about: { kind: Transfer['kind']; id: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { bank, callbacks, nextBehaviour, lost, delayed, hold } = counter;
  const body = readBody(await readJson(request));
  if (!body) return answer(response, 400);
  const behaviour = nextBehaviour() ?? behaviourOf(body.message ?? '');
  if (behaviour.kind === 'lost' && !lost.has(about.id)) {
    lost.add(about.id);
    return void response.destroy();
  }
  if (behaviour.kind === 'delayed') {
    delayed.set(about.id, { until: behaviour.until, arrive: () => arriveLate(counter, about, body) });
    return void response.destroy();
  }
  if (delayed.get(about.id)?.until === 'repeated') delayed.get(about.id)?.arrive();
  const errors = errorsOf(counter, about, body, behaviour);
  if (errors.length > 0) return refuse(response, ...errors);

  const transfer = takeIn(bank, about, body, behaviour);
  const plural = about.kind === 'payment' ? 'paymentrequests' : 'refunds';
  const location = `http://${request.headers.host}/swish-cpcapi/api/v1/${plural}/${about.id}`;
  const send = () => answer(response, 201, undefined, location);
  if (behaviour.kind === 'never') return void response.destroy();
  if (behaviour.kind === 'hold') return hold(send);
  send();
  if (transfer.status === 'CREATED') return;
  callbacks.post(transfer);
  if (behaviour.kind === 'twice') callbacks.post(transfer);
}

function takeIn(
  bank: Bank,
  about: { kind: Transfer['kind']; id: string },
  body: SwishBody,
  behaviour: Behaviour,
): Transfer {
  const transfer = transferOf(about, body, behaviour);
  if (about.kind === 'refund') {
    transfer.payee = bank.refundable(transfer.originalReference ?? '')?.payment.payer ?? '';
  }
  bank.add(transfer);
  begin(bank, transfer);
  return transfer;
}

/** A request that was delayed on its way: nobody waits for its answer any more. */
function arriveLate(counter: Counter, about: { kind: Transfer['kind']; id: string }, body: SwishBody): void {
  counter.delayed.delete(about.id);
  if (errorsOf(counter, about, body, { kind: 'pay' }).length > 0) return;
  counter.callbacks.post(takeIn(counter.bank, about, body, { kind: 'pay' }));
}

function errorsOf(
  { bank, checksIdLast }: Counter,
  { kind, id }: { kind: Transfer['kind']; id: string },
  body: SwishBody,
  behaviour: Behaviour,
): SwishError[] {
  const errors = kind === 'payment' ? paymentErrors(body) : refundErrors(body);
  if (errors.length > 0) return errors;
  const taken = bank.find(kind, id) ? [wrong('RP09', 'The given instructionUUID is not available')] : [];
  if (taken.length > 0 && !checksIdLast) return taken;
  if (behaviour.kind === 'refuse') return [wrong(behaviour.code, 'Simulated by message')];
  if (kind === 'payment') return taken;
  const original = bank.refundable(body.originalPaymentReference ?? '');
  if (!original) return [wrong('RF02', 'Original Payment not found')];
  if (original.payment.payee !== body.payerAlias) return [wrong('RF03', 'Payer alias does not match')];
  if (minorOf(body.amount) > original.leftMinor) return [wrong('RF08', 'Amount value is too large')];
  return taken;
}

function transferOf(
  { kind, id }: { kind: Transfer['kind']; id: string },
  body: SwishBody,
  behaviour: Behaviour,
): Transfer {
  return {
    kind,
    id,
    status: 'CREATED',
    amountMinor: minorOf(body.amount),
    currency: body.currency ?? '',
    payer: body.payerAlias ?? '',
    payee: body.payeeAlias ?? '',
    callbackUrl: body.callbackUrl ?? '',
    message: body.message ?? '',
    reference: body.payeePaymentReference ?? body.payerPaymentReference ?? '',
    originalReference: body.originalPaymentReference ?? null,
    paymentReference: null,
    errorCode: null,
    behaviour,
    looks: 0,
    createdAt: new Date().toISOString(),
    datePaid: null,
  };
}

/** What happens before anybody hears of it. */
function begin(bank: Bank, transfer: Transfer): void {
  const { behaviour } = transfer;
  if (behaviour.kind === 'late' || behaviour.kind === 'late-looks') return;
  if (behaviour.kind === 'decline') {
    // A refund has no payer who could decline.
    if (transfer.kind === 'payment') bank.end(transfer, 'DECLINED');
    else bank.end(transfer, 'ERROR', 'RF07');
  } else if (behaviour.kind === 'error') bank.end(transfer, 'ERROR', behaviour.code);
  else if (behaviour.kind === 'short') bank.pay(transfer, transfer.amountMinor - 1);
  else bank.pay(transfer);
}
