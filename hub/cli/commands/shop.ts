import type { Command } from 'commander';
import type { z } from 'zod';
import type { enrolmentTokenSchema } from '../../src/services/shop/create-enrolment-token.ts';
import type { ShopView } from '../../src/services/shop/shop.ts';
import { callHub, callHubWithJson, hubAddress } from '../hub-client.ts';
import { listAll } from '../list-all.ts';

export function addShopCommands(program: Command): void {
  const shop = program.command('shop').description('Shops and their boxes');
  const address = () => hubAddress(program.opts(), process.env);
  const print = (value: unknown, text: string) =>
    console.log(program.opts().json ? JSON.stringify(value) : text);

  shop
    .command('create')
    .description('Make a shop')
    .requiredOption('--name <name>', 'what the shop is called')
    .option('--currency <code>', 'ISO 4217', 'SEK')
    .option('--country <code>', 'ISO 3166-1, decides the VAT rates', 'SE')
    .option('--time-zone <zone>', 'IANA time zone', 'Europe/Stockholm')
    .option('--fiscal-mode <mode>', 'manned or exempt-unmanned', 'exempt-unmanned')
    .option('--org-number <number>', 'printed on receipts')
    .action(async (options) => {
      const made = await callHubWithJson<ShopView>(address(), 'POST', '/v1/shops', {
        name: options.name,
        currency: options.currency,
        country: options.country,
        timeZone: options.timeZone,
        fiscalMode: options.fiscalMode,
        ...(options.orgNumber && { orgNumber: options.orgNumber }),
      });
      print(made, `${made.shopId}  ${made.name}`);
    });

  shop
    .command('list')
    .description('All shops')
    .action(async () => {
      const items = await listAll<ShopView>(address(), '/v1/shops');
      const lines = items.map((item) => `${item.shopId}  ${item.country} ${item.currency}  ${item.name}`);
      print({ items }, lines.length > 0 ? lines.join('\n') : 'No shops yet: butik shop create --name NAME');
    });

  shop
    .command('enrol')
    .description("Make a single-use token with which the shop's box enrols; it is valid for ten minutes")
    .argument('<shopId>')
    .action(async (shopId: string) => {
      const { hub } = address();
      const made = await callHub<z.infer<typeof enrolmentTokenSchema>>(
        address(),
        'POST',
        `/v1/shops/${encodeURIComponent(shopId)}/enrolment-tokens`,
      );
      print(
        { shopId, ...made },
        [
          made.token,
          `valid until ${made.expiresAt}; on the box:`,
          `  butik-edge enrol --hub ${hub} --token ${made.token}`,
        ].join('\n'),
      );
    });
}
