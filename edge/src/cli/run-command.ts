import { reportFailure } from '@butik/proto/errors/report-failure';
import { readEdgeConfig } from '../config.ts';
import { startEdge } from '../edge.ts';

export interface RunOptions {
  data?: string;
  host?: string;
  port?: string;
  till?: string;
  logLevel?: string;
}

/** `butik-edge run`: keeps the shop open until the process is told to stop. */
export async function runCommand(options: RunOptions): Promise<void> {
  const { data, ...flags } = options;
  const edge = await startEdge(readEdgeConfig(process.env, { ...flags, dataFolder: data }), {
    // A fresh process opens the store anew, checks it, and serves what is really on the disk.
    onStoreFailed: reportFailure,
  });
  console.log(`shop open at ${edge.url}`);
  let closing = false;
  const close = () => {
    if (closing) return;
    closing = true;
    edge.close().then(() => process.exit(0), reportFailure);
  };
  process.on('SIGINT', close);
  process.on('SIGTERM', close);
}
