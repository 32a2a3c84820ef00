import { reportFailure } from '@butik/proto/errors/report-failure';
import { Command } from 'commander';
import { VERSION } from '../src/version.ts';
import { printConfig } from './commands/config.ts';
import { serve } from './commands/serve.ts';
import { shapes } from './commands/shapes.ts';
import { simulateBank } from './commands/simulate-bank.ts';

const program = new Command('butik-hub')
  .description('The hub: head office’s services, in one process or several.')
  .version(VERSION);

/** Flags that set a setting; everything else comes from the environment: see `config --explain`. */
function withSettings(command: Command): Command {
  return command
    .option('--data <dir>', 'data folder (BUTIK_HUB_DATA)')
    .option('--services <names>', 'services to run, with commas between; all unless told (BUTIK_SERVICES)')
    .option('--host <address>', 'address to listen on (BUTIK_HUB_HOST)')
    .option('--port <port>', 'port to listen on, 0 for a free one (BUTIK_HUB_PORT)')
    .option('--grpc-port <port>', 'port for calls from other processes (BUTIK_GRPC_PORT)')
    .option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent (BUTIK_LOG_LEVEL)');
}

withSettings(program.command('serve'))
  .description('Run the hub, or some of its services, until it is told to stop')
  .action(serve);

withSettings(program.command('config'))
  .description('Print each setting with its value, and say so where one is wrong')
  .option('--explain', 'with where the value comes from, its default and its meaning')
  .option('--json', 'as one JSON array')
  .action(printConfig);

program
  .command('simulate-bank')
  .description('Run a Swish that moves no money, to try payments with')
  .option('--port <port>', 'port to listen on, 0 for a free one', '4180')
  .action(simulateBank);

program
  .command('shapes')
  .description('Serve the tables of any PostgreSQL database over Electric’s protocol, without a hub')
  .requiredOption('--database-url <url>', 'the database; triggers are put on the tables that are followed')
  .option('--no-auth', 'ask nobody who they are: there is no other way yet')
  .option('--schema <name>', 'where a table without a schema is looked for', 'public')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <port>', 'port to listen on, 0 for a free one', '3000')
  .option('--chunk-bytes <bytes>', 'about how large an answer may be', '10485760')
  .option('--max-age <seconds>', 'how long a cache may keep an answer', '60')
  .option('--stale-age <seconds>', 'how long after that it may use it while it asks again', '300')
  .action(shapes);

program.parseAsync().catch(reportFailure);
