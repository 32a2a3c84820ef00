import { checkDigit } from '@butik/domain/codes/gtin';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestEdge, type TestEdge } from '../testing/open-test-edge.ts';
import { type SeedProduct, seedCatalogue } from '../testing/seed-catalogue.ts';

const id = (n: number) => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const gtin = (digits: string) => `${digits}${checkDigit(digits)}`;

const GTIN8 = gtin('9638507');
const GTIN12 = gtin('03600029145');
const GTIN13 = gtin('731086500470');
const LONG_AGO = '2020-01-01T00:00:00.000Z';

let shop: TestEdge;
async function open(...products: SeedProduct[]): Promise<void> {
  await seedCatalogue(shop.edge.store, products);
}
const scan = async (data: string) => shop.get(`/v1/scan?data=${encodeURIComponent(data)}`);
const names = async (search: string) => {
  const { body } = await shop.get(`/v1/products?search=${encodeURIComponent(search)}`);
  return body.items.map((product: { name: string }) => product.name);
};

beforeEach(async () => {
  shop = await openTestEdge();
});
afterEach(() => shop.close());

describe('scanning', () => {
  test.each([
    ['GTIN-13', `0${GTIN13}`, GTIN13],
    ['GTIN-12', GTIN12, `0${GTIN12}`],
    ['GTIN-8', GTIN8, `000000${GTIN8}`],
    ['GTIN-13 with GTIN-14 digits', GTIN13, `0${GTIN13}`],
  ])('a %s is found whichever of its forms the catalogue has', async (_form, stored, scanned) => {
    await open({ id: id(1), code: stored, name: 'Mjölk', priceMinor: 1500 });
    expect((await scan(scanned)).body).toMatchObject({
      product: { productId: id(1), priceMinor: 1500 },
      quantity: 1,
    });
    expect((await scan(stored)).body.product.productId).toBe(id(1));
  });

  test('a weight label tells the grams', async () => {
    await open({ id: id(1), code: '2312345600000', name: 'Ost', unit: 'gram', priceMinor: 12_900 });
    const { body } = await scan(gtin('231234560456'));
    expect(body).toMatchObject({ product: { name: 'Ost' }, quantity: 456 });
    expect(body.priceMinor).toBeUndefined();
  });

  test('a price label sells one piece at its price', async () => {
    await open({ id: id(1), code: '2012345600000', name: 'Bulle', priceMinor: 2000 });
    expect((await scan(gtin('201234561550'))).body).toMatchObject({ quantity: 1, priceMinor: 1550 });
  });

  test('a price label on goods by weight comes to the label’s price', async () => {
    await open({ id: id(1), code: '2012345600000', name: 'Lax', unit: 'gram', priceMinor: 29_900 });
    const { body } = await scan(gtin('201234568937'));
    expect(body.quantity).toBe(299);
    const quote = await shop.post('/v1/quote', {
      lines: [
        {
          productId: id(1),
          quantity: body.quantity,
          override: { unitPriceMinor: body.priceMinor, currency: 'SEK', reason: 'price in barcode' },
        },
      ],
    });
    expect(quote.body.totalMinor).toBe(8937);
  });

  test('a GS1 code brings batch and expiry along', async () => {
    await open({ id: id(1), code: GTIN13, name: 'Kyckling', priceMinor: 8900 });
    expect((await scan(`(01)0${GTIN13}(17)261231(10)B7`)).body).toMatchObject({
      product: { name: 'Kyckling' },
      quantity: 1,
      batch: 'B7',
      expiresOn: '2026-12-31',
    });
  });

  test('an own code is found as it is, an unknown or damaged one is refused', async () => {
    await open({ id: id(1), code: '85123A', name: 'Ljuslykta', priceMinor: 255 });
    expect((await scan('85123A')).body.product.name).toBe('Ljuslykta');
    expect(await scan('85123B')).toMatchObject({ status: 404, body: { code: 'PRODUCT_NOT_FOUND' } });
    expect(await scan('(01)12345678901234')).toMatchObject({ status: 400, body: { code: 'CODE_INVALID' } });
  });
});

describe('searching', () => {
  beforeEach(() =>
    open(
      { id: id(1), code: '1001', name: 'Köttbullar', priceMinor: 4900 },
      { id: id(2), code: '1002', name: 'Veganska köttbullar' },
      { id: id(3), code: '1003', name: 'Öl 33 cl' },
      { id: id(4), code: '1004', name: 'Olja' },
      { id: id(5), code: '33', name: 'Ansjovis' },
      { id: id(6), code: '1006', name: 'Utgången öl', active: false },
    ),
  );

  test('finds words and beginnings of words, the best first, with price and stock', async () => {
    expect(await names('köttb')).toEqual(['Köttbullar', 'Veganska köttbullar']);
    expect(await names('KÖTTBULLAR vegan')).toEqual(['Veganska köttbullar']);
    const { body } = await shop.get('/v1/products?search=veg');
    expect(body.items).toMatchObject([{ productId: id(2), priceMinor: null, currency: 'SEK', onHand: 0 }]);
  });

  test('a plain letter finds å, ä and ö; those mean themselves', async () => {
    expect(await names('kottbullar')).toEqual(['Köttbullar', 'Veganska köttbullar']);
    expect(await names('öl')).toEqual(['Öl 33 cl']);
    expect(await names('ol')).toEqual(['Olja', 'Öl 33 cl']);
  });

  test('a code comes before a name', async () => {
    expect(await names('33')).toEqual(['Ansjovis', 'Öl 33 cl']);
    expect(await names('100')).toEqual(['Köttbullar', 'Olja', 'Veganska köttbullar', 'Öl 33 cl']);
  });

  test('an empty search lists by name, only what is in the range', async () => {
    expect(await names('')).toEqual(['Ansjovis', 'Köttbullar', 'Olja', 'Veganska köttbullar', 'Öl 33 cl']);
    expect((await shop.get('/v1/products?limit=1')).body.items).toHaveLength(1);
    expect(await names('finns inte')).toEqual([]);
  });

  test('a change of the catalogue is found at once', async () => {
    expect(await names('glögg')).toEqual([]);
    await open(
      { id: id(7), code: '1007', name: 'Glögg' },
      { id: id(1), code: '1001', name: 'Köttfärsbullar' },
    );
    expect(await names('glögg')).toEqual(['Glögg']);
    expect(await names('köttbullar')).toEqual(['Veganska köttbullar']);
  });

  test('a large catalogue is read to its end, equal names included', async () => {
    await open(
      ...Array.from({ length: 1200 }, (_, n) => ({ id: id(1000 + n), code: `L${n}`, name: 'Lakrits' })),
    );
    for (const n of [0, 499, 505, 1000, 1199]) {
      const { body } = await shop.get(`/v1/products?search=L${n}`);
      expect(body.items[0]).toMatchObject({ productId: id(1000 + n) });
    }
    expect((await shop.get('/v1/products?search=Öl')).body.items).toHaveLength(1);
  });
});

describe('prices', () => {
  test('the shop’s own price goes before its group’s and the chain’s, each only while it is valid', async () => {
    const { shopId } = shop.identity.shop;
    await open({
      id: id(1),
      code: 'A',
      name: 'Kaffe',
      prices: [
        { scope: 'chain', amountMinor: 5000, validFrom: LONG_AGO },
        { scope: 'chain', amountMinor: 5500, validFrom: '2026-11-20T13:00:00.000Z' },
        { scope: 'group:nord', amountMinor: 4800, validFrom: LONG_AGO, validTo: '2026-11-20T12:30:00.000Z' },
        {
          scope: `shop:${shopId}`,
          amountMinor: 4500,
          validFrom: LONG_AGO,
          validTo: '2026-11-20T12:15:00.000Z',
        },
        { scope: 'chain', amountMinor: 1, validFrom: '2026-01-01T00:00:00.000Z', currency: 'EUR' },
      ],
    });
    const price = async (at: string) => {
      shop.clock.nowMs = Date.parse(at);
      return (await shop.get(`/v1/products/${id(1)}`)).body.priceMinor;
    };
    expect(await price('2026-11-20T12:00:00.000Z')).toBe(4500);
    expect(await price('2026-11-20T12:15:00.000Z')).toBe(4800);
    expect(await price('2026-11-20T12:30:00.000Z')).toBe(5000);
    expect(await price('2026-11-20T13:00:00.000Z')).toBe(5500);
  });

  test('a product that is not there is told so', async () => {
    expect(await shop.get(`/v1/products/${id(9)}`)).toMatchObject({
      status: 404,
      body: { code: 'PRODUCT_NOT_FOUND' },
    });
    expect((await shop.get('/v1/products/nine')).body.code).toBe('REQUEST_INVALID');
  });
});

describe('the shop', () => {
  test('is as head office last described it', async () => {
    expect((await shop.get('/v1/shop')).body).toMatchObject({
      name: 'Butiken i Byn',
      till: '1',
      epoch: 1,
      currency: 'SEK',
    });
    const { shopId } = shop.identity.shop;
    await shop.edge.store.write((db) => {
      db.prepare(
        `INSERT INTO shops (id, scope, name, currency, country, time_zone, fiscal_mode, address, settings)
         VALUES (?, ?, 'Lanthandeln', 'NOK', 'NO', 'Europe/Oslo', 'manned', '{}', '{}')`,
      ).run(shopId, `shop:${shopId}`);
    });
    expect((await shop.get('/v1/shop')).body).toMatchObject({ shopId, name: 'Lanthandeln', currency: 'NOK' });
  });

  test('its business day follows its own midnight', async () => {
    shop.clock.nowMs = Date.parse('2026-11-20T22:59:59.000Z');
    expect((await shop.get('/v1/shop')).body.businessDay).toBe('2026-11-20');
    shop.clock.nowMs = Date.parse('2026-11-20T23:00:00.000Z');
    expect((await shop.get('/v1/shop')).body.businessDay).toBe('2026-11-21');
  });
});
