import { reportFailure } from '@butik/proto/errors/report-failure';
import { Command } from 'commander';
import { VERSION } from '../version.ts';

const DATA = 'folder of identity and store (BUTIK_EDGE_DATA)';

// Each command is loaded only when it is asked for: `status` need not load what `run` runs on.
const program = new Command('butik-edge')
  .description('The box of a shop: sells with or without a line to the hub.')
  .version(VERSION);

program
  .command('enrol')
  .description('Make this box the box of a shop')
  .requiredOption('--hub <url>', 'address of the hub')
  .requiredOption('--token <token>', 'single-use token that head office made')
  .option('--data <dir>', DATA)
  .action(async (options) => (await import('./enrol-command.ts')).enrolCommand(options));

program
  .command('run')
  .description('Open the shop until told to stop')
  .option('--data <dir>', DATA)
  .option('--host <address>', 'address to listen on (BUTIK_EDGE_HOST)')
  .option('--port <port>', 'port to listen on, 0 for a free one (BUTIK_EDGE_PORT)')
  .option('--till <name>', 'name of the till on its receipts (BUTIK_EDGE_TILL)')
  .option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent (BUTIK_LOG_LEVEL)')
  .action(async (options) => (await import('./run-command.ts')).runCommand(options));

program
  .command('status')
  .description('Tell how the running shop is')
  .option('--url <url>', 'address of the shop; on this machine unless told')
  .option('--json', 'as one line of JSON')
  .action(async (options) => (await import('./status-command.ts')).statusCommand(options));

program.parseAsync().catch(reportFailure);
