import { reportFailure } from '@butik/proto/errors/report-failure';
import { readHubConfig } from '../../src/config/read-config.ts';
import { startHub } from '../../src/hub.ts';
import { type SettingsFlags, settingsOf } from './settings-flags.ts';

/** Runs the hub until SIGINT or SIGTERM, which drain it; a second one ends the process as signals do. */
export async function serve(flags: SettingsFlags): Promise<void> {
  const hub = await startHub(readHubConfig(settingsOf(flags), process.env));
  const grpc = hub.grpcPort === null ? '' : `, gRPC at port ${hub.grpcPort}`;
  console.log(`hub ready at ${hub.url}${grpc}`);
  const drain = () => hub.close().then(() => process.exit(0), reportFailure);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, drain);
}
