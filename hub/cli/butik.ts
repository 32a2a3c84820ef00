import { reportFailure } from '@butik/proto/errors/report-failure';
import { Command } from 'commander';
import { addCatalogueCommands } from './commands/catalogue.ts';
import { addShopCommands } from './commands/shop.ts';
import { addSyncCommands } from './commands/sync.ts';

const program = new Command('butik')
  .description('Head office on the command line: shops, catalogue, sync.')
  .option('--hub <url>', 'address of the hub (BUTIK_HUB_URL)')
  .option('--hub-data <dir>', "the hub's data folder, for its operator token (BUTIK_HUB_DATA)")
  .option('--json', 'print the result as one JSON object');

addShopCommands(program);
addCatalogueCommands(program);
addSyncCommands(program);

program.parseAsync().catch(reportFailure);
