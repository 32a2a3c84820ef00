import { expect, test } from 'vitest';
import { findIds, GOODS, type SearchUnderTest, SHELF } from './goods.ts';

/** How an index is made, filled, raised and closed, by several processes. */
export function versionsContract(under: () => SearchUnderTest): void {
  test('an index is fresh until it is filled, also for the process that comes after a crash', async () => {
    const definition = { ...GOODS, name: 'filling' };
    const first = await under().search.openIndex(definition);
    expect(first.fresh).toBe(true);
    await first.put(SHELF.slice(0, 3));
    const another = await under().openAnother();
    const again = await another.openIndex(definition);
    expect(again.fresh).toBe(true);
    await again.put(SHELF);
    await again.markFilled();
    expect(again.fresh).toBe(false);
    const third = await another.openIndex(definition);
    expect(third.fresh).toBe(false);
    await third.refresh();
    expect(await findIds(third, 'kanelbulle')).toEqual(['kanelbulle']);
    await another.close();
  });

  test('an index of a raised version answers from the former one until it is filled', async () => {
    const definition = { ...GOODS, name: 'raised' };
    const old = await under().search.openIndex(definition);
    await old.put(SHELF.slice(0, 2));
    await old.markFilled();
    await old.refresh();
    const raised = await under().search.openIndex({ ...definition, version: 2, text: { name: 'A' } });
    expect(raised.fresh).toBe(true);
    expect(await findIds(raised, 'mjölk')).toHaveLength(2);
    await raised.put(SHELF.slice(1, 2));
    await raised.refresh();
    expect(await findIds(raised, 'mjölk')).toHaveLength(2);
    await raised.markFilled();
    expect(await findIds(raised, 'mjölk')).toEqual(['mjolk']);
    const newest = await under().search.openIndex({ ...definition, version: 3 });
    await newest.put(SHELF.slice(0, 1));
    await newest.markFilled();
    await newest.refresh();
    expect(await findIds(newest, 'mjölk')).toEqual(['lattmjolk']);
  });

  test('several processes that open one index at once make it once', async () => {
    const definition = { ...GOODS, name: 'shared' };
    const opened = await Promise.all(Array.from({ length: 4 }, () => under().search.openIndex(definition)));
    await Promise.all(opened.map((one) => one.put(SHELF)));
    await opened[0]!.refresh();
    expect(await findIds(opened[3]!, 'kanelbulle')).toEqual(['kanelbulle']);
  });

  test('a closed search answers nothing', async () => {
    const another = await under().openAnother();
    const open = await another.openIndex(GOODS);
    await another.close();
    await expect(open.search({ text: '', limit: 1 })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      details: { part: 'search' },
    });
  });
}
