import { ProductServiceDefinition } from '@butik/proto/gen/butik/product/v1/product';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbeddedDocuments } from '../../kernel/documents/embedded/open-embedded-documents.ts';
import { type Booted, bootServices } from '../../testing/boot-services.ts';
import { productService } from './product-service.ts';

let hub: Booted;
beforeAll(async () => {
  hub = await bootServices([productService]);
});
afterAll(() => hub.close());

const COFFEE = {
  code: '9521234567899',
  name: 'Bryggkaffe 450 g',
  vatCategory: 'food',
  category: 'Kaffe',
  tags: ['ekologisk'],
};

test('head office makes a product with a price, and shops are told in one event', async () => {
  const made = await hub.call('POST', '/products', {
    ...COFFEE,
    basePrice: { amountMinor: 5990, currency: 'SEK' },
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ ...COFFEE, unit: 'piece', active: true, version: 1 });
  expect(made.body.basePrice).toEqual({ amountMinor: 5990, currency: 'SEK' });

  await hub.idle();
  expect(hub.events).toHaveLength(1);
  const { productId } = made.body;
  expect(hub.events[0]).toMatchObject({ type: 'CatalogueChanged', subject: 'catalogue' });
  expect(hub.events[0]!.data).toEqual({
    products: [
      {
        id: productId,
        code: COFFEE.code,
        name: COFFEE.name,
        description: null,
        unit: 'piece',
        vat_category: 'food',
        category: 'Kaffe',
        attributes: { tags: ['ekologisk'] },
        active: true,
      },
    ],
    prices: [
      {
        id: `${productId}/chain/2026-11-22T12:00:00.000Z`,
        product_id: productId,
        scope: 'chain',
        amount_minor: 5990,
        currency: 'SEK',
        valid_from: '2026-11-22T12:00:00.000Z',
        valid_to: null,
      },
    ],
    removedPriceIds: [],
  });

  const read = await hub.call('GET', `/products/${productId}`);
  expect(read.body).toEqual(made.body);
  expect(read.headers.etag).toBe('"1"');
  const product = hub.client(ProductServiceDefinition);
  const asked = await product.getProduct({ by: { $case: 'code', value: '09521234567899' } });
  expect(asked).toMatchObject({ productId, name: COFFEE.name, vatCategory: 'food' });
});

test('a code belongs to one product, in whatever length its GTIN is written', async () => {
  const refused = await hub.call('POST', '/products', { ...COFFEE, code: `0${COFFEE.code}` });
  expect(refused.status).toBe(409);
  expect(refused.body.code).toBe('PRODUCT_EXISTS');
  const there = await hub.call('GET', `/products/${refused.body.details.productId}`);
  expect(there.body.name).toBe(COFFEE.name);
});

test('a misread barcode is refused with its reason', async () => {
  const refused = await hub.call('POST', '/products', { ...COFFEE, code: '9521234567891' });
  expect(refused.status).toBe(400);
  expect(refused.body).toMatchObject({ code: 'CODE_INVALID', detail: 'The check digit should be 9.' });
});

test('the same request again makes no second product', async () => {
  const request = { productId: hub.kernel.newId(), code: 'BULLE-1', name: 'Kanelbulle', vatCategory: 'food' };
  const first = await hub.call('POST', '/products', request);
  const second = await hub.call('POST', '/products', request);
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body).toEqual(first.body);
  const other = await hub.call('POST', '/products', { ...request, name: 'Kardemummabulle' });
  expect(other.body.code).toBe('PRODUCT_EXISTS');
});

test('of two people who change a product at once, the second is told to read it again', async () => {
  const { body: made } = await hub.call('POST', '/products', {
    code: 'TE-1',
    name: 'Te',
    vatCategory: 'food',
  });
  const url = `/products/${made.productId}`;
  const change = (name: string) => hub.call('PUT', url, { name, vatCategory: 'food' }, { 'if-match': '"1"' });
  const answers = await Promise.all([change('Grönt te'), change('Svart te')]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(answers.find(({ status }) => status === 409)!.body.code).toBe('PRODUCT_CHANGED');
  expect((await hub.call('GET', url)).body.version).toBe(2);
  const blind = await hub.call('PUT', url, { name: 'Te', vatCategory: 'food' });
  expect(blind.body.code).toBe('REQUEST_INVALID');
});

test('a campaign price holds for its days, and the ordinary price returns after it', async () => {
  const { body: made } = await hub.call('POST', '/products', {
    code: 'GLASS-1',
    name: 'Glass',
    vatCategory: 'food',
    basePrice: { amountMinor: 2500, currency: 'SEK' },
  });
  const url = `/products/${made.productId}`;
  const campaign = {
    amountMinor: 1500,
    currency: 'SEK',
    validFrom: '2026-11-23T00:00:00.000Z',
    validTo: '2026-11-24T00:00:00.000Z',
  };
  expect((await hub.call('PUT', `${url}/prices`, campaign)).status).toBe(200);
  const before = hub.clock.nowMs;
  const priceAt = async (time: string) => {
    hub.clock.nowMs = Date.parse(time);
    return (await hub.call('GET', url)).body.basePrice.amountMinor;
  };
  expect(await priceAt('2026-11-22T23:59:59.000Z')).toBe(2500);
  expect(await priceAt('2026-11-23T12:00:00.000Z')).toBe(1500);
  expect(await priceAt('2026-11-24T00:00:00.000Z')).toBe(2500);
  hub.clock.nowMs = before;
  const history = await hub.call('GET', `${url}/prices`);
  expect(history.body.items.map((price: { amountMinor: number }) => price.amountMinor)).toEqual([2500, 1500]);
  const backwards = await hub.call('PUT', `${url}/prices`, { ...campaign, validTo: campaign.validFrom });
  expect(backwards.body.code).toBe('REQUEST_INVALID');
});

test('a product taken out of the range stays known and is no longer found', async () => {
  const { body: made } = await hub.call('POST', '/products', {
    code: 'GAMMAL-1',
    name: 'Lättmjölk',
    vatCategory: 'food',
    category: 'Mejeri',
  });
  await hub.idle();
  const find = async (q: string) =>
    (await hub.call('GET', `/products/search?q=${encodeURIComponent(q)}`)).body.items.map(
      (item: { code: string }) => item.code,
    );
  expect(await find('mjölk')).toEqual(['GAMMAL-1']);
  expect(await find('gammal-1')).toEqual(['GAMMAL-1']);
  expect((await hub.call('GET', '/products/categories')).body.items).toContainEqual({
    name: 'Mejeri',
    products: 1,
  });

  const retired = await hub.call('DELETE', `/products/${made.productId}`);
  expect(retired.body).toMatchObject({ active: false, version: 2 });
  expect((await hub.call('DELETE', `/products/${made.productId}`)).body.version).toBe(2);
  await hub.idle();
  expect(await find('mjölk')).toEqual([]);
  expect((await hub.call('GET', `/products/${made.productId}`)).status).toBe(200);
  expect((await hub.call('GET', '/products/categories')).body.items).not.toContainEqual({
    name: 'Mejeri',
    products: 1,
  });
});

test('the list goes page by page, by category, tag and state', async () => {
  const all: string[] = [];
  let cursor = '';
  do {
    const { body } = await hub.call('GET', `/products?limit=2${cursor && `&cursor=${cursor}`}`);
    expect(body.items.length).toBeLessThanOrEqual(2);
    all.push(...body.items.map((item: { code: string }) => item.code));
    cursor = body.next ?? '';
  } while (cursor !== '');
  expect(all).toEqual([COFFEE.code, 'BULLE-1', 'TE-1', 'GLASS-1', 'GAMMAL-1']);
  const codes = async (query: string) =>
    (await hub.call('GET', `/products?${query}`)).body.items.map((item: { code: string }) => item.code);
  expect(await codes('category=Kaffe')).toEqual([COFFEE.code]);
  expect(await codes('tag=ekologisk')).toEqual([COFFEE.code]);
  expect(await codes('active=false')).toEqual(['GAMMAL-1']);
  const foreign = (await hub.call('GET', '/products?limit=1')).body.next;
  expect((await hub.call('GET', `/products?category=Kaffe&cursor=${foreign}`)).body.code).toBe(
    'REQUEST_INVALID',
  );
});

test('every change is in the audit log with who made it', async () => {
  const { body: made } = await hub.call('POST', '/products', {
    code: 'LOGG-1',
    name: 'Logg',
    vatCategory: 'standard',
  });
  await hub.call('PUT', `/products/${made.productId}/prices`, { amountMinor: 100, currency: 'SEK' });
  await hub.call('DELETE', `/products/${made.productId}`);
  const { productSchema } = await import('./schema.ts');
  const table = await hub.kernel.documents.openTable({ name: 'products', schema: productSchema });
  const entries = await table.getModel('Audit').find({ subject: `product#${made.productId}` });
  const log = entries.filter((entry) => 'action' in entry && entry.action);
  expect(log.map(({ by, action }) => [by, action])).toEqual(
    expect.arrayContaining([
      ['user:anna', 'created'],
      ['user:anna', 'price-set'],
      ['user:anna', 'retired'],
    ]),
  );
});

test('nobody reads the catalogue without a token', async () => {
  const answer = await hub.http.inject({ method: 'GET', url: '/products' });
  expect(answer.statusCode).toBe(401);
});

test('an event that comes again after a later one does not bring the old name back to the search', async () => {
  const { body: made } = await hub.call('POST', '/products', {
    code: 'NAMN-1',
    name: 'Gammalnamn',
    vatCategory: 'food',
  });
  await hub.call(
    'PUT',
    `/products/${made.productId}`,
    { name: 'Nyttnamn', vatCategory: 'food' },
    { 'if-match': '"1"' },
  );
  await hub.idle();
  const older = hub.events.find(({ data }) => JSON.stringify(data).includes('Gammalnamn'))!;
  await hub.kernel.bus.publish(older);
  expect((await hub.call('GET', '/products/search?q=gammalnamn')).body.items).toEqual([]);
  expect((await hub.call('GET', '/products/search?q=nyttnamn')).body.items).toHaveLength(1);
});

test('a search says how many there are of each category and tag, and is narrowed by them', async () => {
  const shelf = [
    ['TVAL-1', 'Handtvål lavendel', 'Hygien', ['ekologisk', 'svensk']],
    ['TVAL-2', 'Flytande tvål', 'Hygien', ['svensk']],
    ['TVAL-3', 'Tvålfat', 'Hem', []],
  ] as const;
  for (const [code, name, category, tags] of shelf) {
    await hub.call('POST', '/products', { code, name, category, tags, vatCategory: 'standard' });
  }
  await hub.idle();
  const all = (await hub.call('GET', '/products/search?q=tv%C3%A5l&limit=1')).body;
  expect(all.items).toHaveLength(1);
  expect(all.total).toBe(3);
  expect(all.facets).toEqual({
    category: [
      { value: 'Hygien', count: 2 },
      { value: 'Hem', count: 1 },
    ],
    tag: [
      { value: 'svensk', count: 2 },
      { value: 'ekologisk', count: 1 },
    ],
  });
  const codes = async (query: string) =>
    (await hub.call('GET', `/products/search?q=tv%C3%A5l&${query}`)).body.items
      .map((item: { code: string }) => item.code)
      .sort();
  expect(await codes('category=Hygien')).toEqual(['TVAL-1', 'TVAL-2']);
  expect(await codes('category=Hygien&tag=ekologisk')).toEqual(['TVAL-1']);
  expect(await codes('category=Hygien&category=Hem')).toEqual(['TVAL-1', 'TVAL-2', 'TVAL-3']);
  expect(await codes('offset=3')).toEqual([]);
  const tags = (await hub.call('GET', '/products/tags')).body.items;
  expect(tags).toContainEqual({ name: 'svensk', products: 2 });
});

test('a product is found by its plural, with a typing error, and by its barcode in another length', async () => {
  const find = async (q: string) =>
    (await hub.call('GET', `/products/search?q=${encodeURIComponent(q)}`)).body.items.map(
      (item: { code: string }) => item.code,
    );
  expect(await find('kanelbullar')).toEqual(['BULLE-1']);
  expect(await find('kannelbulle')).toEqual(['BULLE-1']);
  expect(await find(`0${COFFEE.code}`)).toEqual([COFFEE.code]);
  expect(await find(COFFEE.code.slice(0, 6))).toEqual([COFFEE.code]);
  expect(await find('   ')).toEqual([]);
});

test('a search index that was lost is filled again from the catalogue', async () => {
  const documents = await openEmbeddedDocuments({ directory: ':memory:' });
  const before = await bootServices([productService], { documents });
  for (let n = 0; n < 3; n++) {
    await before.call('POST', '/products', { code: `FYLL-${n}`, name: 'Fyllning', vatCategory: 'food' });
  }
  await before.idle();
  await before.close();
  const after = await bootServices([productService], { documents });
  await after.idle();
  expect((await after.call('GET', '/products/search?q=fyllning')).body.total).toBe(3);
  await after.close();
  await documents.close();
});
