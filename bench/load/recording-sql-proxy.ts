import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Statement {
  text: string;
  params: (string | null)[];
}

/** Stands between a process and PostgreSQL and notes what is asked, as pg asks it: text parameters, no TLS. */
export interface RecordingSqlProxy {
  url: string;
  /** The statements of each connection that is in a transaction, and single ones, in the order in which they began. */
  seen: Statement[][];
  close(): Promise<void>;
}

export async function openRecordingSqlProxy(target: string): Promise<RecordingSqlProxy> {
  const { hostname, port } = new URL(target);
  const seen: Statement[][] = [];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port || 5432), hostname);
    const note = noteStatements(seen);
    near.on('data', note);
    near.pipe(far).pipe(near);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    seen,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One connection's bytes to the server: a start message without a type, then messages of type, length and content. */
function noteStatements(seen: Statement[][]): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  let parsed = '';
  let transaction: Statement[] | undefined;

  function add(statement: Statement): void {
    if (/^begin/i.test(statement.text)) {
      transaction = [];
      seen.push(transaction);
    } else if (/^(commit|rollback)/i.test(statement.text)) {
      transaction = undefined;
    } else if (transaction) {
      transaction.push(statement);
    } else {
      seen.push([statement]);
    }
  }

  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return;
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return;
      const type = started ? String.fromCharCode(rest[0]!) : '';
      const content = rest.subarray(head + 4, end);
      rest = rest.subarray(end);
      started = true;
      if (type === 'Q') add({ text: content.subarray(0, -1).toString('utf8'), params: [] });
      if (type === 'P') parsed = readText(content, readText(content, 0).next).text;
      if (type === 'B') add({ text: parsed, params: readParams(content) });
    }
  };
}

function readText(content: Buffer, from: number): { text: string; next: number } {
  const end = content.indexOf(0, from);
  return { text: content.toString('utf8', from, end), next: end + 1 };
}

function readParams(content: Buffer): (string | null)[] {
  let at = readText(content, readText(content, 0).next).next;
  at += 2 + 2 * content.readUInt16BE(at);
  const count = content.readUInt16BE(at);
  at += 2;
  return Array.from({ length: count }, () => {
    const length = content.readInt32BE(at);
    at += 4;
    if (length < 0) return null;
    const text = content.toString('utf8', at, at + length);
    at += length;
    return text;
  });
}
