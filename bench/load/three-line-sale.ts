/** The body of a sale of three products of the shop, paid exactly. */
export async function threeLineSale(shopUrl: string): Promise<string> {
  const answer = await fetch(`${shopUrl}/v1/products?limit=50`);
  const { items } = (await answer.json()) as {
    items: { productId: string; unit: string; priceMinor: number | null }[];
  };
  const sold = items.filter((item) => item.unit === 'piece' && item.priceMinor !== null).slice(0, 3);
  if (sold.length < 3) throw new Error('the sample catalogue has no three products with a price');
  return JSON.stringify({
    lines: sold.map(({ productId }) => ({ productId, quantity: 1 })),
    tenders: [
      { type: 'external', amountMinor: sold.reduce((sum, item) => sum + (item.priceMinor as number), 0) },
    ],
  });
}
