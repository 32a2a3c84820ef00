import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { CuttableLink } from '../network/cuttable-link.ts';

/** The line between a shop and the hub, which also says what passes: the moments at which a kill is to strike. */
export interface WatchedLink extends CuttableLink {
  /** Resolves when the next push has been handed to the hub. */
  pushArrives(): Promise<void>;
  /** Resolves when the hub has answered the next push; the answer is kept back until the connection ends. */
  pushAnswerIsHeld(): Promise<void>;
  /** Resolves when the answer to the next push has been handed to the shop. */
  pushAnswerArrives(): Promise<void>;
  /** Resolves when the hub has answered with the first prices; they are kept back until the connection ends. */
  pricesAreHeld(): Promise<void>;
  /** Forgets what was asked for and has not come. */
  forget(): void;
  /** The last push that was handed to the hub has not been answered. */
  readonly pushUnderWay: boolean;
}

type Moment = 'push' | 'answer-held' | 'answer' | 'prices-held';

/** The head of a request: a push, a request for prices, or any other. */
const REQUEST = /^(?:(POST \/sync\/v1\/push)|(GET \/sync\/v1\/shape\S*prices)|[A-Z]+ \/)/;
const MOST_REQUEST_LINE = 500;

export async function openWatchedLink(target: { host: string; port: number }): Promise<WatchedLink> {
  const sockets = new Set<Socket>();
  const waiting = new Map<Moment, () => void>();
  let isCut = false;
  let pushUnderWay = false;

  const on = (moment: Moment) => new Promise<void>((resolve) => waiting.set(moment, resolve));
  function tell(moment: Moment): boolean {
    const resolve = waiting.get(moment);
    waiting.delete(moment);
    resolve?.();
    return resolve !== undefined;
  }

  const server = createServer((near) => {
    if (isCut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target.port, target.host);
    // One request is under way on a connection at a time, so that a request's head begins a chunk.
    let asked: 'push' | 'prices' | 'other' = 'other';
    let holding = false;
    join(near, far, (chunk) => {
      const head = REQUEST.exec(chunk.toString('latin1', 0, MOST_REQUEST_LINE));
      if (head) asked = head[1] ? 'push' : head[2] ? 'prices' : 'other';
      far.write(chunk);
      if (!head?.[1]) return;
      pushUnderWay = true;
      tell('push');
    });
    join(far, near, (chunk) => {
      const isGood = chunk.toString('latin1', 0, 12) === 'HTTP/1.1 200';
      const answersPush = asked === 'push' && isGood;
      if (answersPush) pushUnderWay = false;
      holding ||= (answersPush && tell('answer-held')) || (asked === 'prices' && tell('prices-held'));
      if (holding) return;
      near.write(chunk);
      if (answersPush) tell('answer');
    });
  });

  function join(from: Socket, to: Socket, onChunk: (chunk: Buffer) => void) {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk: Buffer) => {
      onChunk(chunk);
      if (!to.writableNeedDrain) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.on('end', () => to.end());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    // A reset is what a cut or a kill looks like; the other end learns of it through its own close.
    from.on('error', () => to.destroy());
  }

  function breakAll() {
    for (const socket of sockets) socket.resetAndDestroy();
    sockets.clear();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get isCut() {
      return isCut;
    },
    get pushUnderWay() {
      return pushUnderWay;
    },
    pushArrives: () => on('push'),
    pushAnswerIsHeld: () => on('answer-held'),
    pushAnswerArrives: () => on('answer'),
    pricesAreHeld: () => on('prices-held'),
    forget: () => waiting.clear(),
    cut() {
      isCut = true;
      breakAll();
    },
    heal() {
      isCut = false;
    },
    close() {
      breakAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
