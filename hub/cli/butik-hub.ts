import { reportFailure } from '@butik/proto/errors/report-failure';
import { Command } from 'commander';
import { readHubConfig } from '../src/config.ts';
import { startHub } from '../src/hub.ts';

const program = new Command('butik-hub').description('The hub: head office’s services in one process.');

program
  .command('serve')
  .description('Run the hub until it is told to stop')
  .option('--data <dir>', 'data folder (BUTIK_HUB_DATA)')
  .option('--host <address>', 'address to listen on (BUTIK_HUB_HOST)')
  .option('--port <port>', 'port to listen on, 0 for a free one (BUTIK_HUB_PORT)')
  .option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent (BUTIK_LOG_LEVEL)')
  .action(async (options) => {
    const config = readHubConfig(
      {
        dataFolder: options.data ?? process.env.BUTIK_HUB_DATA ?? '.butik/hub',
        host: options.host,
        port: options.port,
        logLevel: options.logLevel,
      },
      process.env,
    );
    const hub = await startHub(config);
    console.log(`hub ready at ${hub.url}`);
    const drain = () => hub.close().then(() => process.exit(0), reportFailure);
    // Only the first signal drains; the second ends the process as signals do.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, drain);
  });

program.parseAsync().catch(reportFailure);
